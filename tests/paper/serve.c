/* The drawing process after it gave up all else: it cannot open a file, from no thread, and still
 * draws whatever is asked for. Each attack in a process of its own. */
#include "paper/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/limits.h"
#include "check.h"
#include "paper/leaks.h"

static int begun[2]; /* wakes the thread that was there before */

static int is_refused(int result)
{
    return result < 0 && (errno == EPERM || errno == EACCES);
}

static int open_a_file(void)
{
    return is_refused(open("/etc/passwd", O_RDONLY));
}

static int open_a_font(void)
{
    return is_refused(open("/usr/share/fonts", O_RDONLY | O_DIRECTORY));
}

static int make_a_socket(void)
{
    return is_refused(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int make_a_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return is_refused(child);
}

static void *open_later(void *context)
{
    char byte;
    int *out = context;
    *out = read(begun[0], &byte, 1) == 1 && open_a_file();
    return NULL;
}

static const char letter[] =
    "{\"paper\":\"receipt\",\"items\":{\"name\":\"%.*s\",\"date\":\"2026-11-27\",\"sender\":"
    "\"町長\","
    "\"office\":\"窓口𠮷\",\"number\":\"42\",\"procedure\":\"更新\",\"signature-from\":"
    "\"2026-11-27T00:00:00Z\"},\"sample\":false}";

/* Names of many lengths: many sizes of letters, none of which was there before. */
static int draws_all_sizes(const struct fonts *fonts)
{
    char text[LIMIT_PAPER_REQUEST], name[200];
    memset(name, 'W', sizeof name);
    for (int len = 1; len < 120; len += 3) {
        struct buffer answer CLEANUP_BUFFER;
        buffer_init(&answer, LIMIT_PAPER_ANSWER);
        snprintf(text, sizeof text, letter, len, name);
        if (paper_answer(fonts, bytes_of_text(text), false, &answer) != ERR_NONE ||
            memcmp(answer.data, "\0%PDF-", 6) != 0)
            return 0;
    }
    return 1;
}

/* In the child: 1 when all held, 77 when this kernel or build has no filter. */
static int run_confined(int (*attack)(void))
{
    struct fonts *fonts = NULL;
    struct sandbox_report report;
    pthread_t thread;
    int thread_held = 0;
    if (fonts_open(&fonts, NULL) != ERR_NONE || pipe(begun) != 0 ||
        pthread_create(&thread, NULL, open_later, &thread_held) != 0 ||
        paper_confine(&report, NULL) != ERR_NONE)
        return 2;
    if (!report.has_filter)
        return 77;
    if (attack)
        return attack();
    if (write(begun[1], "x", 1) != 1 || pthread_join(thread, NULL) != 0 || !thread_held)
        return 3;
    return draws_all_sizes(fonts);
}

static void check_confined(int (*attack)(void))
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(run_confined(attack));
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void opens_no_file_once_confined(void **state)
{
    (void)state;
    check_confined(open_a_file);
    check_confined(open_a_font);
    check_confined(make_a_socket);
    check_confined(make_a_process);
}

static void draws_without_files_and_no_thread_has_them(void **state)
{
    (void)state;
    check_confined(NULL);
}

static void answers_until_the_socket_closes(void **state)
{
    (void)state;
    int ends[2];
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    assert_ok(fonts_open(&fonts, &fault));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_ok(frame_send(ends[0], bytes_of_text("{}")));
    assert_ok(frame_send(
        ends[0],
        bytes_of_text(
            "{\"paper\":\"pin\",\"items\":{\"name\":\"\xF0\x9F\x98\x80\"},\"sample\":false}")));
    assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
    assert_ok(paper_serve(ends[1], fonts, true, &fault));
    static const enum err wanted[] = {ERR_MALFORMED, ERR_UNSUPPORTED};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct buffer answer CLEANUP_BUFFER;
        struct bytes rule, text;
        uint8_t code;
        buffer_init(&answer, LIMIT_FRAME);
        assert_ok(frame_receive(ends[0], &answer, 1000));
        struct reader reader = reader_of(buffer_bytes(&answer));
        assert_true(reader_u8(&reader, &code) && reader_sized(&reader, &rule) &&
                    reader_sized(&reader, &text) && reader_is_done(&reader));
        assert_err((enum err)code, wanted[i]);
        assert_true(rule.len && text.len);
    }
    close(ends[0]);
    close(ends[1]);
    fonts_close(fonts);
}

static void ends_with_a_fault_inside_a_frame(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {{"\0\0", 2}, {"\0\0\0\4{}", 6}, {"\xFF\xFF\xFF\xFF", 4}};
    struct fonts *fonts = NULL;
    assert_ok(fonts_open(&fonts, NULL));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int ends[2];
        struct fault fault = {0};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        assert_int_equal(write(ends[0], rows[i].text, rows[i].len), rows[i].len);
        close(ends[0]);
        assert_err(paper_serve(ends[1], fonts, true, &fault), ERR_PEER);
        close(ends[1]);
    }
    fonts_close(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_no_file_once_confined),
        cmocka_unit_test(draws_without_files_and_no_thread_has_them),
        cmocka_unit_test(answers_until_the_socket_closes),
        cmocka_unit_test(ends_with_a_fault_inside_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
