/* A file of comma-separated values, record by record to its end. Each call goes forward. */
#include "registry/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv csv;
    csv_init(&csv, bytes_of(data, size));
    bool has_record = true;
    while (has_record) {
        size_t left = csv.reader.left;
        enum err err = csv_next(&csv, &has_record, NULL);
        if (left && csv.reader.left >= left)
            abort();
        for (size_t i = 0; err == ERR_NONE && has_record && i < csv.num_fields; i++)
            if (strlen(csv.fields[i]) > LIMIT_CSV_LINE)
                abort();
        has_record = has_record || err != ERR_NONE;
    }
    return 0;
}
