/* The rows of the staff and the words for their roles. */
#include "centre/staff.h"

#include <string.h>

#include "store/rows.h"

static const struct {
    unsigned role;
    const char *word;
} role_words[] = {
    {ROLE_COUNTER, "counter"},
    {ROLE_HOTLINE, "hotline"},
    {ROLE_PERSONALISATION, "personalisation"},
    {ROLE_REGISTRY, "registry"},
    {ROLE_ADMINISTRATOR, "administrator"},
    {ROLE_AUDITOR, "auditor"},
    {ROLE_PUBLIC, "public"},
    {ROLE_TERMINAL, "terminal"},
    {ROLE_SENDER, "sender"},
    {ROLE_SYSTEM, "system"},
    {ROLE_READER, "auditor-reads"},
};

void roles_print(unsigned roles, struct buffer *out)
{
    const char *gap = "";
    for (size_t i = 0; i < COUNT_OF(role_words); i++)
        if (roles & role_words[i].role) {
            buffer_put_format(out, "%s%s", gap, role_words[i].word);
            gap = " ";
        }
}

static unsigned role_of(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(role_words); i++)
        if (bytes_equal_text(word, role_words[i].word))
            return role_words[i].role;
    return 0;
}

enum err roles_parse(const char *text, unsigned *out)
{
    unsigned roles = 0;
    for (;;) {
        size_t len = strcspn(text, " ");
        unsigned role = role_of(bytes_of(text, len));
        if (role == 0 || (roles & role))
            return ERR_MALFORMED;
        roles |= role;
        if (text[len] == '\0')
            break;
        text += len + 1;
    }
    *out = roles;
    return ERR_NONE;
}

static enum err staff_read(struct store *store, enum statement statement,
                           const struct value *values, size_t num_values, struct staff *out,
                           struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct staff staff = {0};
    store_query(store, statement, values, num_values, &rows, fault);
    if (rows_next(&rows)) {
        row_copy_text(&rows, 0, staff.name, sizeof staff.name);
        row_copy_text(&rows, 1, staff.label, sizeof staff.label);
        staff.uid = row_is_null(&rows, 2) ? STAFF_NO_UID : row_integer(&rows, 2);
        staff.roles = (unsigned)row_integer_within(&rows, 3, 0, UINT32_MAX);
        staff.is_active = row_bool(&rows, 4);
    }
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = staff;
    return err;
}

enum err staff_find(struct store *store, const char *name, struct staff *out, struct fault *fault)
{
    return staff_read(store, STATEMENT_STAFF_BY_NAME, VALUES(value_text(name)), out, fault);
}

enum err staff_find_uid(struct store *store, int64_t uid, struct staff *out, struct fault *fault)
{
    return staff_read(store, STATEMENT_STAFF_BY_UID, VALUES(value_integer(uid)), out, fault);
}

unsigned staff_roles_on_pages(unsigned roles)
{
    return (roles & (ROLE_COUNTER | ROLE_HOTLINE)) | (roles & ROLE_AUDITOR ? ROLE_READER : 0);
}

enum err staff_add(struct store *store, const struct staff *staff, struct fault *fault)
{
    const unsigned at_counter = ROLE_COUNTER | ROLE_HOTLINE;
    if ((staff->roles & ROLE_PERSONALISATION) && (staff->roles & at_counter))
        return fault_set(fault, ERR_DENIED, "roles",
                         "%s: personalisation excludes the roles of the counter", staff->name);
    if ((staff->roles & ROLE_PUBLIC) && staff->roles != ROLE_PUBLIC)
        return fault_set(fault, ERR_DENIED, "roles", "%s: public excludes every other role",
                         staff->name);
    if (staff->roles & ROLE_TERMINAL)
        return fault_set(fault, ERR_DENIED, "roles", "%s: a terminal is nobody of the staff",
                         staff->name);
    if (staff->roles & (ROLE_SENDER | ROLE_SYSTEM | ROLE_READER))
        return fault_set(fault, ERR_DENIED, "roles",
                         "%s: sender, system and auditor-reads are no person's", staff->name);
    return store_run(store, STATEMENT_STAFF_INSERT,
                     VALUES(value_text(staff->name), value_text(staff->label),
                            staff->uid == STAFF_NO_UID ? value_null() : value_integer(staff->uid),
                            value_integer(staff->roles), value_integer(staff->is_active)),
                     fault);
}
