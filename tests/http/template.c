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
    assert_err(templates_add(templates, "page", bytes_of_text("a\nb\n{{name"), &fault),
               ERR_MALFORMED); /* the name is free still */
    assert_non_null(strstr(fault.text, "line 3"));
    assert_false(templates_has(templates, "page"));
}

static void nests_so_deep_and_no_deeper(void **state)
{
    (void)state;
    for (size_t depth = 32; depth <= 33; depth++) {
        struct templates *templates CLEANUP_TEMPLATES = NULL;
        struct fault fault = {0};
        struct buffer text CLEANUP_BUFFER;
        buffer_init(&text, 1024);
        assert_ok(templates_new(&templates));
        for (size_t i = 0; i < depth; i++)
            buffer_put_text(&text, "{{#a}}");
        for (size_t i = 0; i < depth; i++)
            buffer_put_text(&text, "{{/a}}");
        assert_err(templates_add(templates, "page", buffer_bytes(&text), &fault),
                   depth == 32 ? ERR_NONE : ERR_MALFORMED);
    }
}

static void moves_lines_so_far_and_no_further(void **state)
{
    (void)state;
    char inner[301];
    for (size_t blanks = 128; blanks <= 129; blanks++) {
        memset(inner, ' ', sizeof inner);
        struct templates *templates CLEANUP_TEMPLATES = NULL;
        struct fault fault = {0};
        struct buffer page CLEANUP_BUFFER;
        buffer_init(&page, 4096);
        json_t *data = json_object();
        snprintf(inner + blanks, sizeof inner - blanks, "{{> inner}}\n");
        assert_ok(templates_new(&templates));
        assert_ok(templates_add(templates, "page", bytes_of_text(inner), &fault));
        snprintf(inner + blanks, sizeof inner - blanks, "{{> text}}\n");
        assert_ok(templates_add(templates, "inner", bytes_of_text(inner), &fault));
        assert_ok(templates_add(templates, "text", bytes_of_text("x"), &fault));
        assert_err(templates_render(templates, "page", data, &page),
                   blanks == 128 ? ERR_NONE : ERR_LIMIT);
        json_decref(data);
    }
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
    for (int i = 3; i < TEMPLATES_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        add(templates, name, "");
    }
    add(templates, "page", "x{{> page}}");
    assert_err(templates_render(templates, "page", data, &page), ERR_LIMIT);
    add(templates, "long",
        "{{#many}}{{#many}}{{#many}}{{#many}}x{{/many}}{{/many}}{{/many}}{{/many}}");
    assert_err(templates_render(templates, "long", data, &page), ERR_LIMIT);
    assert_err(templates_render(templates, "none", data, &page), ERR_NOT_FOUND);
    assert_err(templates_add(templates, "page", bytes_of_text("x"), &fault), ERR_EXISTS);
    add(templates, "last", "");
    assert_err(templates_add(templates, "more", bytes_of_text(""), &fault), ERR_LIMIT);
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
    add(templates, "x", "");
    return templates_check(templates, fault);
}

static void lets_variables_stand_in_text_and_values(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<p>{{a}}</p>",
        "<p class=\"{{a}} x\" title='{{b}}'>{{#c}}{{d}}{{/c}}</p>",
        "<a href=\"{{url}}\">{{> x}}</a><a href=\"{{next_url}}#x\"></a>",
        "<a href=\"/guide?{{query}}\"></a><a href='#{{a}}'></a><a href=\"/\"></a><a href=\"\"></a>",
        "<link rel=\"stylesheet\" href=\"{{assets_url}}/style.css\">",
        "<input {{#is_checked}}checked {{/is_checked}}value=\"{{a}}\">",
        "<li id=\"x\"{{#is_current}} class=\"current\"{{/is_current}}>",
        "<p class=\"{{#a}}b{{/a}}\" aria-labelledby=\"{{c}}\">",
        "<!DOCTYPE html>\n<br/>{{a}}",
        "<p\f\tclass=\"{{a}}\"\n>",
        "{{#a}}<p>{{b}}</p>{{/a}}{{^a}}<ul><li></li></ul>{{/a}}",
        "<title>{{a}}</title><textarea>{{a}}</textarea>",
        "<svg viewBox=\"0 0 {{a}} {{a}}\"><path d=\"{{b}}\"></path></svg>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct fault fault = {0};
        print_message("row %zu\n", i);
        assert_ok(check(texts[i], &fault));
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
        {"<{{a}}>", "tag"},
        {"<p{{a}}>", "tag"},
        {"<p{{! c }}x>", "tag"},
        {"<s{{#x}}cript{{/x}}>", "tag"},
        {"a < b", "tag"},
        {"a <3 <b>", "tag"},
        {"<![CDATA[{{a}}]]>", "tag"},
        {"<!-- {{a}} -->", "tag"},
        {"<!--> <p> -->", "tag"},
        {"<p {{a}}>", "place"},
        {"<p class={{a}}>", "place"},
        {"<p class=x>", "quotes"},
        {"<p class= \"x\">", "quotes"},
        {"<p class =\"x\">", "attribute"},
        {"<p onclick\n=\"{{a}}\">", "attribute"},
        {"<p =\"x\">", "attribute"},
        {"<p/=\"x\">", "attribute"},
        {"<p a=\"b\"=\"{{c}}\">", "attribute"},
        {"<p style=\"{{a}}\">", "place"},
        {"<p onclick=\"{{a}}\">", "place"},
        {"<P ONCLICK='{{a}}'>", "place"},
        {"<p\fonclick=\"{{a}}\">", "place"},
        {"<p srcdoc=\"{{a}}\">", "place"},
        {"<p srcset=\"{{a_url}}\">", "place"},
        {"<p formaction=\"{{a_url}}\">", "place"},
        {"<p xlink:href=\"{{a_url}}\">", "place"},
        {"<p data-x=\"{{a}}\">", "place"},
        {"<set to=\"{{a}}\">", "place"},
        {"<meta http-equiv=\"refresh\" content=\"0;url={{a}}\">", "place"},
        {"<a href=\"{{a}}\">", "address"},
        {"<a href=\"{{curl}}\">", "address"},
        {"<a\nhref=\"{{a}}\">", "address"},
        {"<a HREF='{{a}}'>", "address"},
        {"<img src=\"{{a}}\">", "address"},
        {"<form action=\"{{a}}\">", "address"},
        {"<a href=\" {{a}}\">", "address"},
        {"<a href=\"&#x20;{{a}}\">", "address"},
        {"<a href=\"/{{a}}\">", "address"},
        {"<a href=\"//{{a}}/x\">", "address"},
        {"<a href=\"/\\{{a}}\">", "address"},
        {"<a href=\"https:{{a}}\">", "address"},
        {"<a href=\"javascript:f('{{a}}')\">", "address"},
        {"<a href=\"{{a_url}}{{b}}\">", "address"},
        {"<a href=\"{{a_url}}.evil\">", "address"},
        {"<a href=\"{{a_url}}@evil/\">", "address"},
        {"<a href=\"{{#x}}/y{{/x}}{{a}}\">", "place"},
        {"<script>{{a}}</script>", "element"},
        {"<script src=\"{{a_url}}\">", "element"},
        {"<STYLE>{{a}}</STYLE>", "element"},
        {"<script\f>", "element"},
        {"<svg><script>", "element"},
        {"<base href=\"{{a_url}}\">", "element"},
        {"<iframe>", "element"},
        {"<noscript><p></noscript>", "element"},
        {"<p class=\"{{> x}}\">", "place"},
        {"{{> none}}", "partial"},
        {"<p class={{#a}}\"b\"{{/a}}>", "place"},
        {"<p cl{{#a}}ass{{/a}}=\"b\">", "place"},
        {"<input {{#a}}checked{{/a}} value=\"x\">", "section"},
        {"<p {{#a}}x{{/a}}onclick=\"{{b}}\">", "section"},
        {"<p {{#a}}class=\"{{/a}}\">", "section"},
        {"<p class=\"{{#a}}\" title=\"{{/a}}\">", "section"},
        {"<p class=\"{{#a}}\" class='{{/a}}'>", "section"},
        {"<p {{#a}}><b {{/a}}>", "section"},
        {"{{#a}}<p{{/a}}>", "tag"},
        {"{{#a}}<p {{/a}}>", "section"},
        {"<p class=\"x", "end"},
        {"<p ", "end"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {0};
        print_message("row %zu\n", i);
        assert_err(check(rows[i].text, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, rows[i].rule);
        assert_string_equal(fault.input, "page");
    }
}

static void a_fault_names_its_line(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_err(check("a\nb{{c}}\n<p\nclass=x>", &fault), ERR_MALFORMED);
    assert_non_null(strstr(fault.text, "line 4"));
    assert_err(check("a\nb\n{{{c}}}", &fault), ERR_MALFORMED);
    assert_non_null(strstr(fault.text, "line 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_the_official_cases),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(says_in_which_line),
        cmocka_unit_test(nests_so_deep_and_no_deeper),
        cmocka_unit_test(moves_lines_so_far_and_no_further),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(escapes_what_html_reads),
        cmocka_unit_test(lets_variables_stand_in_text_and_values),
        cmocka_unit_test(keeps_them_out_of_everything_else),
        cmocka_unit_test(a_fault_names_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
