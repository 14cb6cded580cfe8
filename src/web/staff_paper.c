#include "web/staff_paper.h"

#include "base/limits.h"
#include "http/form.h"
#include "web/staff.h"

#define PAPER_NAME 64

json_t *staff_paper_url(const struct page *page, json_t *number, const char *paper)
{
    char text[24];
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
    http_form_put(&query, "number", bytes_of_text(text));
    http_form_put(&query, "paper", bytes_of_text(paper));
    return page_url(page, "/staff/paper", buffer_bytes(&query));
}

/* Where to go and whom to call: the first office of the town's. */
static void put_office(const struct site *site, json_t *items)
{
    struct bytes number = bytes_of("", 0);
    for (size_t i = 0; i < site->offices.num; i++) {
        const struct office *office = &site->offices.entries[i];
        if (office->place != PLACE_OFFICE)
            continue;
        struct bytes name = office_label(office, LANGUAGE_JA);
        (void)office_number(&site->offices, office, &number);
        json_object_set_new(items, "office",
                            json_sprintf("%.*s%s%.*s", (int)name.len, (const char *)name.data,
                                         number.len ? "　" : "", (int)number.len,
                                         number.len ? (const char *)number.data : ""));
        return;
    }
}

static void answer_pdf(struct page *page, struct buffer *pdf)
{
    struct http_response *response = page->response;
    response->content_type = "application/pdf";
    buffer_put_bytes(&response->body, buffer_bytes(pdf));
    http_response_header(response, "Cache-Control", "no-store");
    http_response_header(response, "Content-Disposition", "inline; filename=\"paper.pdf\"");
    http_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

void staff_paper_draw(struct desk *desk, json_t *request)
{
    struct page *page = &desk->page;
    struct fault fault = {0};
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    enum err err = forms_paper(page->site->forms, request, &pdf, &fault);
    json_decref(request);
    if (err == ERR_NONE)
        answer_pdf(page, &pdf);
    else
        page_refuse(page, 503, "staff-paper-failed");
}

json_t *staff_paper_letter(const struct site *site, const struct counter_answer *answer)
{
    json_t *items = json_object_get(answer->detail, "items");
    put_office(site, items);
    return json_pack("{s:s, s:O}", "paper", counter_text(answer, "paper"), "items", items);
}

void staff_paper_answer(struct desk *desk, const char *paper, json_t *items)
{
    put_office(desk->page.site, items);
    staff_paper_draw(desk, json_pack("{s:s, s:O, s:b}", "paper", paper, "items", items, "sample",
                                     desk->page.site->is_sample));
}

void staff_get_paper(struct desk *desk)
{
    int64_t number;
    char paper[PAPER_NAME] = "";
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!staff_number(desk, "number", &number))
        return;
    if (!http_request_query(page->request, "paper", paper, sizeof paper)) {
        page_refuse(page, 400, "not-understood");
        return;
    }
    if (desk_ask(desk, "application-paper",
                 json_pack("{s:I, s:s}", "number", (json_int_t)number, "paper", paper), &answer))
        staff_paper_answer(desk, paper, json_object_get(answer.detail, "items"));
}
