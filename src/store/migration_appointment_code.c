/* An appointment is found by its code: a form that comes twice makes the same. */
#include "store/migrations.h"

const char migration_appointment_code[] =
    "CREATE UNIQUE INDEX appointment_by_code ON appointment (code);";

const struct trigger triggers_appointment_code[] = {{0}};
