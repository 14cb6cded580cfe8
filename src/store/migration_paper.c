/* What is to be brought for an application. */
#include "store/migrations.h"

const char migration_paper[] =
    /* paper, form: law's words; form: which one the paper `form` is. */
    "CREATE TABLE application_paper ("
    "  application INTEGER NOT NULL REFERENCES application (number),"
    "  visit INTEGER NOT NULL,"
    "  position INTEGER NOT NULL,"
    "  paper TEXT NOT NULL,"
    "  form TEXT,"
    "  PRIMARY KEY (application, visit, position)"
    ") STRICT;";

const struct trigger triggers_paper[] = {
    {"application_paper_stays", "UPDATE", "application_paper", NULL,
     "what was asked for when an application was taken is not changed"},
    {0},
};
