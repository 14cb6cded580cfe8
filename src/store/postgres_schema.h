/* Migrations as PostgreSQL reads them. Private to this room. */
#pragma once

#include "base/bytes.h"
#include "store/migrations.h"

/* postgres_put_migration appends the migration's tables and triggers, in PostgreSQL's words. */
void postgres_put_migration(const struct migration *row, struct buffer *sql);
