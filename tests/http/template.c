/* Templates: the official cases of the Mustache specification; what the parser refuses; what a
 * page's template may not do. */
#include <string.h>

#include "check.h"
#include "http/template.h"

static void add(struct templates *templates, const char *name, const char *text)
{
    struct fault fault = {0};
    assert_ok(templates_add(templates, name, bytes_of_text(text), &fault));
}

static void assert_page(const json_t *data, const struct templates *templates, const char *wanted)
{
    struct buffer page CLEANUP_BUFFER;
    buffer_init(&page, 64 * 1024);
    assert_ok(templates_render(templates, "page", data, &page));
    assert_string_equal(buffer_text(&page), wanted);
}

static void play(const json_t *one)
{
    struct templates *templates CLEANUP_TEMPLATES = NULL;
    const char *name;
    json_t *partial;
    print_message("%s\n", json_string_value(json_object_get(one, "name")));
    assert_ok(templates_new(&templates));
    add(templates, "page", json_string_value(json_object_get(one, "template")));
    json_object_foreach (json_object_get(one, "partials"), name, partial)
        add(templates, name, json_string_value(partial));
    assert_page(json_object_get(one, "data"), templates,
                json_string_value(json_object_get(one, "expected")));
}

static void renders_the_official_cases(void **state)
{
    (void)state;
    static const char *const files[] = {"comments", "delimiters", "interpolation",
                                        "inverted", "partials",   "sections"};
    size_t num = 0;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[64];
        snprintf(path, sizeof path, "mustache/%s.json", files[i]);
        const char *file = vectors_path(path);
        if (!file)
            skip();
        json_t *cases = json_load_file(file, 0, NULL);
        assert_non_null(cases);
        size_t at;
        json_t *one;
        json_array_foreach (json_object_get(cases, "tests"), at, one) {
            play(one);
            num++;
        }
        json_decref(cases);
    }
    assert_true(num > 100);
}

static void refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{{name",
        "{{{name}}",
        "{{#a}}",
        "{{/a}}",
        "{{#a}}{{/b}}",
        "{{#a}}{{^b}}{{/a}}{{/b}}",
        "{{}}",
        "{{# }}",
        "{{=}}",
        "{{= | }}",
        "{{=| =}}",
        "{{==}}",
        "{{=a=b c=}}",
        "{{=123456789 |=}}",
        "{{=<% %>=}}<%{a}%>",
        "{{=a b c=}}",
        "{{> }}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct templates *templates CLEANUP_TEMPLATES = NULL;
        struct fault fault = {0};
        print_message("%s\n", texts[i]);
        assert_ok(templates_new(&templates));
        assert_err(templates_add(templates, "page", bytes_of_text(texts[i]), &fault),
                   ERR_MALFORMED);
        assert_string_equal(fault.input, "page");
        assert_non_null(strstr(fault.text, "line 1"));
    }
}

static void says_in_which_line(void **state)
{
    (void)state;
    struct templates *templates CLEANUP_TEMPLATES = NULL;
    struct fault fault = {0};
    assert_ok(templates_new(&templates));
    assert_err(
        templates_add(templates, "page", bytes_of_text("a\n{{! two\nlines }}\n{{#a}}\n\n"), &fault),
        ERR_MALFORMED);
    assert_non_null(strstr(fault.text, "line 4"));
}

static void is_bounded(void **state)
{
    (void)state;
    struct templates *templates CLEANUP_TEMPLATES = NULL;
    struct fault fault = {0};
    struct buffer page CLEANUP_BUFFER;
    buffer_init(&page, 1024);
    json_t *data = json_pack("{s:[i,i,i,i,i,i,i,i,i]}", "many", 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assert_ok(templates_new(&templates));
    add(templates, "page", "x{{> page}}");
    assert_err(templates_render(templates, "page", data, &page), ERR_LIMIT);
    add(templates, "long",
        "{{#many}}{{#many}}{{#many}}{{#many}}x{{/many}}{{/many}}{{/many}}{{/many}}");
    assert_err(templates_render(templates, "long", data, &page), ERR_LIMIT);
    assert_err(templates_render(templates, "none", data, &page), ERR_NOT_FOUND);
    assert_err(templates_add(templates, "page", bytes_of_text("x"), &fault), ERR_EXISTS);
    assert_err(templates_add(templates, "a name that is longer than one may be", bytes_of_text(""),
                             &fault),
               ERR_LIMIT);
    json_decref(data);
}

static void escapes_what_html_reads(void **state)
{
    (void)state;
    struct templates *templates CLEANUP_TEMPLATES = NULL;
    json_t *data = json_pack("{s:s, s:s, s:n}", "name", "<a href='x'>\"&amp;", "empty", "", "no");
    assert_ok(templates_new(&templates));
    add(templates, "page", "{{name}}{{^empty}}none{{/empty}}{{no}}{{absent.too}}");
    assert_page(data, templates, "&lt;a href=&#39;x&#39;&gt;&quot;&amp;amp;none");
    json_decref(data);
}

static enum err check(const char *text, struct fault *fault)
{
    struct templates *templates CLEANUP_TEMPLATES = NULL;
    assert_ok(templates_new(&templates));
    add(templates, "page", text);
    return template_check(templates, "page", fault);
}

static void lets_variables_stand_in_text_and_values(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<p>{{a}}</p>",
        "<p class=\"{{a}} x\" title='{{b}}'>{{#c}}{{d}}{{/c}}</p>",
        "<a href=\"{{url}}\">{{> x}}</a><a href=\"{{next_url}}#x\"></a>",
        "<a href=\"/guide?{{query}}\"></a>",
        "<input {{#is_checked}}checked{{/is_checked}} value=\"{{a}}\">",
        "<li{{#is_current}} class=\"current\"{{/is_current}}>",
        "<!-- a comment --><!DOCTYPE html><br/>{{a}}",
        "<style>p { color: red }</style>{{a}}",
        "a < b {{! is no tag }}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct fault fault = {0};
        print_message("%s\n", texts[i]);
        if (i + 1 < COUNT_OF(texts))
            assert_ok(check(texts[i], &fault));
        else /* a sign that HTML wants escaped */
            assert_err(check(texts[i], &fault), ERR_MALFORMED);
    }
}

static void keeps_them_out_of_everything_else(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rule;
    } rows[] = {
        {"{{{a}}}", "escaping"},
        {"{{&a}}", "escaping"},
        {"<{{a}}>", "place"},
        {"<p {{a}}>", "place"},
        {"<p class={{a}}>", "place"},
        {"<p class=x>", "quotes"},
        {"<p class= \"x\">", "quotes"},
        {"<p style=\"{{a}}\">", "place"},
        {"<p onclick=\"{{a}}\">", "place"},
        {"<P ONCLICK='{{a}}'>", "place"},
        {"<a href=\"{{a}}\">", "address"},
        {"<a href=\"{{curl}}\">", "address"},
        {"<a href=\"{{#x}}y{{/x}}{{a}}\">", "address"},
        {"<a HREF='{{a}}'>", "address"},
        {"<script>{{a}}</script>", "place"},
        {"<script>{{#a}}{{/a}}</script>", "place"},
        {"<style>{{a}}</style>", "place"},
        {"<STYLE>{{a}}</STYLE>", "place"},
        {"<!-- {{a}} -->", "place"},
        {"<p class=\"{{> a}}\">", "place"},
        {"<p {{#a}}class=\"{{/a}}\">", "section"},
        {"{{#a}}<p{{/a}}>", "section"},
        {"<p class=\"x", "end"},
        {"<p", "end"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {0};
        print_message("%s\n", rows[i].text);
        assert_err(check(rows[i].text, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, rows[i].rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_the_official_cases),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(says_in_which_line),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(escapes_what_html_reads),
        cmocka_unit_test(lets_variables_stand_in_text_and_values),
        cmocka_unit_test(keeps_them_out_of_everything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
