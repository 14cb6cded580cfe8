/* Papers as web asks for them: of the real program, and of ones that end, are silent or answer
 * nonsense. */
#include "web/forms.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "check.h"

#define THREADS 4
#define PAPERS  5

static char folder[] = "/tmp/jpki-drawing-XXXXXX";

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static void open_real(struct forms *forms)
{
    char path[512];
    struct fault fault = {0};
    const char *build = getenv("JPKI_BUILD");
    snprintf(path, sizeof path, "%s/jpkid-forms", build ? build : "build");
    assert_ok(forms_open(path, true, forms, &fault));
}

/* Starts tests/web/drawing.py with a word that says what it does. */
static void open_other(const char *word, struct forms *forms)
{
    char path[512], script[1024];
    struct fault fault = {0};
    snprintf(path, sizeof path, "%s/%s", folder, word);
    snprintf(script, sizeof script, "#!/bin/sh\nexec /usr/bin/python3 %s %s\n",
             source_path("tests/web/drawing.py"), word);
    assert_ok(file_create(path, bytes_of_text(script), 0700, &fault));
    assert_int_equal(chmod(path, 0700), 0);
    assert_ok(forms_open(path, true, forms, &fault));
}

static enum err ask(struct forms *forms, json_t *request, struct fault *fault)
{
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    *fault = (struct fault){0};
    enum err err = forms_paper(forms, request, &pdf, fault);
    if (err == ERR_NONE)
        assert_memory_equal(pdf.data, "%PDF-", 5);
    else
        assert_int_equal(pdf.len, 0);
    json_decref(request);
    return err;
}

static json_t *request_for(const char *paper, const char *name)
{
    return json_pack("{s:s, s:{s:s, s:s}, s:b}", "paper", paper, "items", "name", name, "number",
                     "42", "sample", 0);
}

static bool is_lost(const struct forms *forms)
{
    struct pollfd watched = {.fd = forms_watched(forms)};
    return poll(&watched, 1, 0) == 1 && (watched.revents & POLLHUP);
}

static void asks_for_papers(void **state)
{
    (void)state;
    struct forms forms = {.has_program = false};
    struct fault fault;
    open_real(&forms);
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++)
        assert_memory_equal(forms.of[form].data, "%PDF-", 5);
    assert_ok(ask(&forms, request_for("issue", "𠮷田　葛󠄀子"), &fault));
    assert_err(ask(&forms, request_for("receipt", "見本"), &fault), ERR_NOT_FOUND);
    assert_string_equal(fault.rule, "date");
    assert_err(ask(&forms, request_for("none", "見本"), &fault), ERR_NOT_FOUND);
    assert_err(ask(&forms, request_for("issue", "\xF0\x9F\x98\x80"), &fault), ERR_UNSUPPORTED);
    assert_err(ask(&forms, request_for("issue", "a\nb"), &fault), ERR_MALFORMED);
    assert_err(ask(&forms, json_array(), &fault), ERR_MALFORMED);
    assert_false(is_lost(&forms));
    assert_ok(ask(&forms, request_for("pin", "見本"), &fault));
    forms_done(&forms);
    forms_done(&forms); /* and again is nothing */
}

static void refuses_what_is_too_long_to_ask_for(void **state)
{
    (void)state;
    char *text = calloc(1, LIMIT_PAPER_REQUEST + 1);
    struct forms forms = {.has_program = false};
    struct fault fault;
    assert_non_null(text);
    memset(text, 'i', LIMIT_PAPER_REQUEST);
    open_real(&forms);
    assert_err(ask(&forms, request_for("issue", text), &fault), ERR_LIMIT);
    assert_ok(ask(&forms, request_for("issue", "見本"), &fault));
    forms_done(&forms);
    free(text);
}

struct asker {
    struct forms *forms;
    int num_drawn;
};

static void *ask_often(void *context)
{
    struct asker *asker = context;
    for (int i = 0; i < PAPERS; i++) {
        struct buffer pdf CLEANUP_BUFFER;
        buffer_init(&pdf, LIMIT_FORM);
        json_t *request = request_for("issue", "見本");
        asker->num_drawn += forms_paper(asker->forms, request, &pdf, NULL) == ERR_NONE;
        json_decref(request);
    }
    return NULL;
}

static void serves_several_threads_in_turn(void **state)
{
    (void)state;
    struct forms forms = {.has_program = false};
    struct asker askers[THREADS];
    pthread_t threads[THREADS];
    open_real(&forms);
    for (int i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){.forms = &forms};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(askers[i].num_drawn, PAPERS);
    }
    forms_done(&forms);
}

/* Whatever comes instead of an answer: said so, and nobody is asked again. */
static void loses_a_program_that_does_not_answer(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum err err;
    } rows[] = {
        {"ends", ERR_CLOSED},     {"silent", ERR_TIMEOUT}, {"too-long", ERR_PEER},
        {"empty", ERR_PEER},      {"no-pdf", ERR_PEER},    {"unknown-code", ERR_PEER},
        {"state-code", ERR_PEER}, {"cut", ERR_PEER},       {"longer", ERR_PEER},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forms forms = {.has_program = false};
        struct fault fault;
        open_other(rows[i].word, &forms);
        assert_false(is_lost(&forms));
        int64_t begun = clock_monotonic();
        assert_err(ask(&forms, request_for("issue", "見本"), &fault), rows[i].err);
        assert_true(clock_monotonic() - begun < 10000);
        assert_true(is_lost(&forms));
        begun = clock_monotonic();
        assert_err(ask(&forms, request_for("issue", "見本"), &fault), ERR_CLOSED);
        assert_true(clock_monotonic() - begun < 1000);
        forms_done(&forms);
    }
}

static void takes_no_word_of_it_as_it_stands(void **state)
{
    (void)state;
    struct forms forms = {.has_program = false};
    struct fault fault;
    open_other("hidden", &forms);
    assert_err(ask(&forms, request_for("issue", "見本"), &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "te?[2J");
    assert_false(is_lost(&forms));
    forms_done(&forms);
    open_other("good", &forms);
    assert_ok(ask(&forms, request_for("issue", "見本"), &fault));
    forms_done(&forms);
}

static void says_when_there_is_no_program(void **state)
{
    (void)state;
    struct forms forms = {.has_program = false};
    struct fault fault = {0};
    assert_err(forms_open("/nonexistent/jpkid-forms", true, &forms, &fault), ERR_CLOSED);
    forms_done(&forms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_papers),
        cmocka_unit_test(refuses_what_is_too_long_to_ask_for),
        cmocka_unit_test(serves_several_threads_in_turn),
        cmocka_unit_test(loses_a_program_that_does_not_answer),
        cmocka_unit_test(takes_no_word_of_it_as_it_stands),
        cmocka_unit_test(says_when_there_is_no_program),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
