/* Reading and taking places, unit by unit. */
#include "counter/occupancy.h"

#include <string.h>

#include "store/rows.h"

bool occupancy_read(struct act_call *call, const char *office, int64_t from, int64_t until,
                    struct occupancy *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t first = from / OCCUPANCY_UNIT, end = until / OCCUPANCY_UNIT;
    memset(out, 0, sizeof *out);
    out->first = first;
    if (end - first > OCCUPANCY_UNITS)
        return act_fail(call, ERR_LIMIT);
    store_query(call->centre->store, STATEMENT_APPOINTMENT_PLACES_TAKEN,
                VALUES(value_text(office), value_integer(first), value_integer(end)), &rows,
                &call->fault);
    while (rows_next(&rows)) {
        int64_t unit = row_integer_within(&rows, 0, first, end - 1);
        int64_t place = row_integer_within(&rows, 1, 1, LIMIT_APPOINTMENT_PLACES);
        if (unit && place)
            out->taken[unit - first] |= UINT32_C(1) << (place - 1);
    }
    return act_ok(call, rows_end(&rows));
}

unsigned occupancy_find(const struct occupancy *occupancy, const struct appointment_office *office,
                        int64_t begins, int64_t ends)
{
    uint32_t taken = 0;
    for (int64_t unit = begins / OCCUPANCY_UNIT; unit < ends / OCCUPANCY_UNIT; unit++)
        taken |= occupancy->taken[unit - occupancy->first];
    for (unsigned place = 1; place <= office->places; place++)
        if (!(taken & UINT32_C(1) << (place - 1)))
            return place;
    return 0;
}

bool occupancy_take(struct act_call *call, const char *office, unsigned place, int64_t begins,
                    int64_t ends, int64_t appointment)
{
    for (int64_t unit = begins / OCCUPANCY_UNIT; unit < ends / OCCUPANCY_UNIT; unit++)
        if (!act_ok(call, store_run(call->centre->store, STATEMENT_APPOINTMENT_PLACE_TAKE,
                                    VALUES(value_text(office), value_integer(unit),
                                           value_integer(place), value_integer(appointment)),
                                    &call->fault)))
            return false;
    return true;
}
