/* docs/PROTOCOL.acts against the tables in the code: every act is there with its fields, its
 * persons and its roles, and no other. And a slow client, which harms nobody. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "centre/act.h"
#include "centre/acts.h"
#include "counter/acts.h"
#include "law/retention.h"

static char *page;

static int read_page(void **state)
{
    (void)state;
    static struct buffer file;
    buffer_init(&file, LIMIT_CONFIG_FILE);
    assert_ok(file_read(source_path("docs/PROTOCOL.acts"), &file, NULL));
    page = strstr((char *)(uintptr_t)buffer_text(&file), "5. The acts");
    assert_non_null(page);
    page = strdup(page);
    *strstr(page, "6. What the acts") = '\0';
    return 0;
}

/* The page's line of an act. */
static bool find_line(const char *name, char *out, size_t size)
{
    char start[80];
    snprintf(start, sizeof start, "\n   %s ", name);
    const char *line = strstr(page, start);
    if (!line)
        return false;
    snprintf(out, size, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
    return true;
}

static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
        if ((at == text || strchr(" [", at[-1])) && strchr(" ]", at[len]))
            return true;
    return false;
}

static void check_act(const struct act *act)
{
    char line[512];
    if (act->trace != READ_ONLY && !retention_is_listed(act->name))
        fail_msg("%s has no term in law/retention", act->name);
    if (!find_line(act->name, line, sizeof line))
        fail_msg("%s is not in docs/PROTOCOL.acts", act->name);
    const char *fields = line + 20;
    for (uint64_t bit = 1; field_name(bit); bit <<= 1)
        if (has_word(fields, field_name(bit)) != (((act->required | act->optional) & bit) != 0))
            fail_msg("%s: the page and the table disagree about %s", act->name, field_name(bit));
    assert_non_null(strstr(line, act->persons == TWO_PERSONS ? " two" : " one"));
    static const char *const roles[] = {"counter",  "hotline",       "personalisation",
                                        "registry", "administrator", "auditor",
                                        NULL,       "public"};
    for (unsigned i = 0; i < COUNT_OF(roles); i++)
        if (roles[i] &&
            has_word(line, roles[i]) != (act->roles != ROLE_ANY && (act->roles & (1u << i))))
            fail_msg("%s: the page and the table disagree about %s", act->name, roles[i]);
}

static void the_page_and_the_tables_agree(void **state)
{
    (void)state;
    const struct act_table tables[] = {centre_acts(), counter_acts()};
    size_t num = 0;
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (size_t i = 0; i < tables[t].num_acts; i++, num++)
            check_act(&tables[t].acts[i]);
    size_t num_lines = 0;
    for (const char *at = page; (at = strstr(at, "\n   ")) != NULL; at++)
        num_lines += at[4] >= 'a' && at[4] <= 'z' && strncmp(at + 4, "act ", 4) != 0;
    assert_int_equal(num, num_lines);
}

static void a_slow_client_harms_nobody(void **state)
{
    (void)state;
    struct counter_client slow[LIMIT_ACT_CLIENTS / 2];
    struct fault fault = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/acts.sock", town_folder);
    town_done("admin1", "status", json_object());
    for (size_t i = 0; i < COUNT_OF(slow); i++) {
        assert_ok(counter_client_open(path, NULL, &slow[i], &fault));
        assert_int_equal(write(slow[i].fd, "\0\0\1", 3), 3); /* half a head */
    }
    for (int i = 0; i < 20; i++)
        town_done("admin1", "status", json_object());
    struct counter_client huge;
    assert_ok(counter_client_open(path, NULL, &huge, &fault));
    assert_int_equal(write(huge.fd, "\xff\xff\xff\xff", 4), 4);
    char byte;
    assert_int_equal(read(huge.fd, &byte, 1), 0); /* hung up on */
    counter_client_close(&huge);
    for (size_t i = 0; i < COUNT_OF(slow); i++)
        counter_client_close(&slow[i]);
    town_done("admin1", "status", json_object());
}

static int begin(void **state)
{
    read_page(state);
    return town_begin(state);
}

static int finish(void **state)
{
    free(page);
    return town_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_and_the_tables_agree),
        cmocka_unit_test(a_slow_client_harms_nobody),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
