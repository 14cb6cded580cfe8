/* Appointments as iCalendar: what a calendar reads back is what was said. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "guide/invitation.h"

static struct buffer out;

static const char *encode(const struct invitation *invitation)
{
    buffer_done(&out);
    buffer_init(&out, 8192);
    invitation_encode(invitation, &out);
    assert_ok(buffer_check(&out));
    return buffer_text(&out);
}

static struct invitation plain(void)
{
    return (struct invitation){.number = 12345678,
                               .begins = 1796169600, /* 2026-12-02 09:00 in Japan */
                               .ends = 1796170500,
                               .made = 1796083200,
                               .changes = 2,
                               .host = "jpki.example.jp",
                               .summary = bytes_of_text("更新"),
                               .place = bytes_of_text("北栄町役場大栄庁舎")};
}

static void says_when_and_where(void **state)
{
    (void)state;
    struct invitation invitation = plain();
    assert_string_equal(encode(&invitation),
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//OpenJPKI//appointments//EN\r\n"
                        "METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n"
                        "UID:12345678@jpki.example.jp\r\nDTSTAMP:20261201T000000Z\r\n"
                        "DTSTART:20261202T000000Z\r\nDTEND:20261202T001500Z\r\nSUMMARY:更新\r\n"
                        "LOCATION:北栄町役場大栄庁舎\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void takes_back_what_was_cancelled(void **state)
{
    (void)state;
    struct invitation invitation = plain();
    invitation.is_cancelled = true;
    const char *text = encode(&invitation);
    assert_non_null(strstr(text, "METHOD:CANCEL\r\n"));
    assert_non_null(strstr(text, "STATUS:CANCELLED\r\n"));
    assert_non_null(strstr(text, "UID:12345678@jpki.example.jp\r\n"));
}

/* Nothing that somebody wrote becomes a line of its own. */
static void a_text_stays_within_its_line(void **state)
{
    (void)state;
    struct invitation invitation = plain();
    invitation.note = bytes_of_text("a,b;c\\d\r\nATTACH:x\n\x1b\xe2\x80\xae"
                                    "e");
    const char *text = encode(&invitation);
    assert_non_null(strstr(text, "DESCRIPTION:a\\,b\\;c\\\\d\\nATTACH:x\\ne\r\nEND:VEVENT"));
    assert_null(strstr(text, "\nATTACH"));
}

static void folds_long_lines_between_characters(void **state)
{
    (void)state;
    struct invitation invitation = plain();
    char note[1200] = "";
    for (int i = 0; i < 100; i++)
        strcat(note, i % 3 ? "予約" : "a ");
    invitation.note = bytes_of_text(note);
    const char *text = encode(&invitation);
    struct buffer unfolded CLEANUP_BUFFER;
    buffer_init(&unfolded, 8192);
    for (const char *at = text; *at;) {
        const char *end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 75);
        assert_true(text_is_utf8(bytes_of(at, (size_t)(end - at))));
        buffer_put(&unfolded, at, (size_t)(end - at));
        at = end + 2;
        if (*at == ' ')
            at++;
        else
            buffer_put_text(&unfolded, "\n");
    }
    assert_non_null(strstr(buffer_text(&unfolded), note));
}

static void complains_where_there_is_no_room(void **state)
{
    (void)state;
    struct invitation invitation = plain();
    for (size_t cap = 0; cap < 300; cap += 20) {
        struct buffer small CLEANUP_BUFFER;
        buffer_init(&small, cap);
        invitation_encode(&invitation, &small);
        assert_err(buffer_check(&small), ERR_LIMIT);
    }
}

static int finish(void **state)
{
    (void)state;
    buffer_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_when_and_where),
        cmocka_unit_test(takes_back_what_was_cancelled),
        cmocka_unit_test(a_text_stays_within_its_line),
        cmocka_unit_test(folds_long_lines_between_characters),
        cmocka_unit_test(complains_where_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
