/* Whether the data is sample data. */
#include "store/property.h"

#include "store/rows.h"

enum err store_mark_sample(struct store *store, bool is_sample, struct fault *fault)
{
    return store_run(store, STATEMENT_PROPERTY_WRITE,
                     VALUES(value_text("sample"), value_text(is_sample ? "1" : "0")), fault);
}

enum err store_is_sample(struct store *store, bool *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text("sample")), &rows, fault);
    bool is_sample = rows_next(&rows) && bytes_equal_text(row_text(&rows, 0), "1");
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = is_sample;
    return err;
}
