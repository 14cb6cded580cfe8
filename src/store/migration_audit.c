/* By what the auditor looks: entries of a time, applications of a time. */
#include "store/migrations.h"

const char migration_audit[] = "CREATE INDEX journal_by_time ON journal (time, kind);"
                               "CREATE INDEX application_by_opened ON application (opened);";

const struct trigger triggers_audit[] = {{0}};
