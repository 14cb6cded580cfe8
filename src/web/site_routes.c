/* The table of addresses. */
#include <string.h>

#include "base/limits.h"
#include "web/appointment.h"
#include "web/audit.h"
#include "web/staff_appointments.h"
#include "web/guide.h"
#include "web/intake.h"
#include "web/registry.h"
#include "web/site.h"
#include "web/staff.h"
#include "web/staff_forecast.h"
#include "web/staff_hotline.h"
#include "web/staff_login.h"
#include "web/staff_notices.h"
#include "web/staff_paper.h"
#include "web/staff_terminals.h"
#include "web/terminal.h"

static void get_home(struct page *page)
{
    json_t *data = json_pack("{s:o, s:o}", "title", page_phrase(page, "home-title"), "guide_url",
                             page_link(page, "/guide"));
    if (page->site->appointments.num_offices)
        json_object_set_new(data, "appointment_url", page_link(page, "/appointment"));
    page_answer(page, "home", data);
}

static void get_asset(void *context, const struct http_request *request,
                      struct http_response *response)
{
    const struct site *site = context;
    assets_answer(&site->assets, request->rest, response);
}

static void get_form(void *context, const struct http_request *request,
                     struct http_response *response)
{
    const struct site *site = context;
    struct page page CLEANUP_PAGE = page_begin(context, "/", request, response);
    if (!forms_answer(site->forms, request->rest, response))
        page_refuse(&page, 404, "nothing-here");
}

static void get_health(void *context, const struct http_request *request,
                       struct http_response *response)
{
    (void)request;
    const struct site *site = context;
    response->content_type = "application/json";
    http_response_header(response, "Cache-Control", "no-store");
    buffer_put_format(&response->body, "{\"status\":\"ok\",\"sample\":%s,\"label\":\"%s\"}\n",
                      site->is_sample ? "true" : "false", site->is_sample ? "見本／SAMPLE" : "");
}

static void get_nothing(void *context, const struct http_request *request,
                        struct http_response *response)
{
    struct page page CLEANUP_PAGE = page_begin(context, "/", request, response);
    page_refuse(&page, 404, "nothing-here");
}

/* Every page, and what is posted to it: of the public, or of the staff. */
static const struct row {
    enum http_method method;
    const char *path;
    void (*answer)(struct page *page);
    void (*answer_staff)(struct desk *desk);
} rows[] = {
    {HTTP_GET, "/", .answer = get_home},
    {HTTP_GET, "/guide", .answer = guide_get},
    {HTTP_GET, "/appointment", .answer = appointment_get},
    {HTTP_POST, "/appointment", .answer = appointment_post},
    {HTTP_GET, "/appointment/change", .answer = appointment_get_change},
    {HTTP_POST, "/appointment/change", .answer = appointment_post_change},
    {HTTP_POST, "/appointment/move", .answer = appointment_post_change},
    {HTTP_POST, "/appointment/cancel", .answer = appointment_post_change},
    {HTTP_POST, "/appointment/calendar", .answer = appointment_post_calendar},
    {HTTP_POST, "/registry/events", .answer = registry_post_events},
    {HTTP_GET, "/staff", .answer_staff = staff_get_home},
    {HTTP_GET, "/staff/login", .answer_staff = staff_get_login},
    {HTTP_POST, "/staff/login", .answer_staff = staff_post_login},
    {HTTP_POST, "/staff/logout", .answer_staff = staff_post_logout},
    {HTTP_POST, "/staff/login/card", .answer_staff = staff_post_from_agent},
    {HTTP_GET, "/staff/login/card", .answer_staff = staff_get_card_login},
    {HTTP_GET, "/staff/card", .answer_staff = staff_get_cards},
    {HTTP_POST, "/staff/card/new", .answer_staff = staff_post_from_agent},
    {HTTP_GET, "/staff/card/new", .answer_staff = staff_get_new_card},
    {HTTP_POST, "/staff/card/add", .answer_staff = staff_post_new_card},
    {HTTP_POST, "/staff/card/end", .answer_staff = desk_post},
    {HTTP_GET, "/staff/residents", .answer_staff = staff_get_residents},
    {HTTP_GET, "/staff/resident", .answer_staff = staff_get_resident},
    {HTTP_GET, "/staff/hotline", .answer_staff = staff_get_hotline},
    {HTTP_POST, "/staff/hotline", .answer_staff = staff_post_hotline},
    {HTTP_POST, "/staff/hotline/again", .answer_staff = staff_post_hotline_again},
    {HTTP_GET, "/staff/intake", .answer_staff = intake_get},
    {HTTP_GET, "/staff/application", .answer_staff = intake_get_application},
    {HTTP_GET, "/staff/terminals", .answer_staff = staff_get_terminals},
    {HTTP_GET, "/staff/terminal", .answer_staff = staff_get_terminal},
    {HTTP_POST, "/staff/terminal/pair", .answer_staff = desk_post},
    {HTTP_POST, "/staff/terminal/part", .answer_staff = desk_post},
    {HTTP_POST, "/staff/terminal/call", .answer_staff = desk_post},
    {HTTP_POST, "/staff/terminal/leave", .answer_staff = desk_post},
    {HTTP_GET, "/staff/paper", .answer_staff = staff_get_paper},
    {HTTP_GET, "/staff/appointments", .answer_staff = staff_get_appointments},
    {HTTP_GET, "/staff/notices", .answer_staff = staff_get_notices},
    {HTTP_GET, "/staff/notices.pdf", .answer_staff = staff_get_notice_papers},
    {HTTP_GET, "/staff/notice/paper", .answer_staff = staff_get_notice_paper},
    {HTTP_POST, "/staff/notice/returned", .answer_staff = staff_post_notice_returned},
    {HTTP_GET, "/staff/forecast", .answer_staff = staff_get_forecast},
    {HTTP_GET, "/staff/forecast.pdf", .answer_staff = staff_get_forecast_paper},
    {HTTP_GET, "/staff/caller", .answer_staff = staff_get_caller},
    {HTTP_GET, "/staff/appointment", .answer_staff = staff_get_appointment},
    {HTTP_GET, "/staff/book", .answer_staff = staff_get_booking},
    {HTTP_GET, "/staff/audit", .answer_staff = audit_get},
    {HTTP_GET, "/staff/audit/entry", .answer_staff = audit_get_entry},
    {HTTP_GET, "/staff/audit/chain", .answer_staff = audit_get_chain},
    {HTTP_GET, "/staff/audit/export", .answer_staff = audit_get_export},
    {HTTP_GET, "/staff/audit/figures", .answer_staff = audit_get_figures},
    {HTTP_POST, "/staff/book", .answer_staff = staff_post_booking},
    {HTTP_POST, "/staff/move", .answer_staff = desk_post},
    {HTTP_POST, "/staff/cancel", .answer_staff = desk_post},
    {HTTP_POST, "/staff/open", .answer_staff = desk_post},
    {HTTP_POST, "/staff/step", .answer_staff = desk_post},
    {HTTP_POST, "/staff/execute", .answer_staff = desk_post},
    {HTTP_POST, "/staff/reset-join", .answer_staff = desk_post},
    {HTTP_POST, "/staff/close", .answer_staff = desk_post},
};

static const struct row *row_find(const struct http_request *request)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].method == request->method && strcmp(rows[i].path, request->path) == 0)
            return &rows[i];
    return NULL;
}

static void answer_staff(const struct row *row, struct site *site,
                         const struct http_request *request, struct http_response *response)
{
    struct desk desk CLEANUP_DESK = desk_begin(site, row->path, request, response);
    row->answer_staff(&desk);
}

static void answer(const struct row *row, struct site *site, const struct http_request *request,
                   struct http_response *response)
{
    struct page page CLEANUP_PAGE = page_begin(site, row->path, request, response);
    row->answer(&page);
}

static void get_or_post(void *context, const struct http_request *request,
                        struct http_response *response)
{
    const struct row *row = row_find(request);
    if (!row)
        get_nothing(context, request, response);
    else if (row->answer_staff)
        answer_staff(row, context, request, response);
    else
        answer(row, context, request, response);
}

const struct http_route site_routes[] = {
    {HTTP_GET, "/assets/", true, 0, get_asset},
    {HTTP_GET, "/health", false, 0, get_health},
    {HTTP_GET, "/form/", true, 0, get_form},
    {HTTP_GET, "/", true, 0, get_or_post},
    {HTTP_POST, "/appointment", true, LIMIT_HTTP_BODY, get_or_post},
    {HTTP_POST, "/terminal", false, LIMIT_HTTP_BODY, terminal_post},
    {HTTP_POST, "/registry/events", false, LIMIT_HTTP_BODY, get_or_post},
    {HTTP_POST, "/staff", true, LIMIT_HTTP_BODY, get_or_post},
};
const size_t num_site_routes = COUNT_OF(site_routes);
