/* jpkid serve: the four roles of the writer. What their parent does while they run is in service.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/secret.h"
#include "main/backup.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/log.h"
#include "main/options.h"
#include "main/service.h"
#include "main/settings.h"

enum { OPTION_PASSPHRASE = FIRST_OPTION, OPTION_CLOCK, OPTION_CHECK, NUM_OPTIONS };

const struct option serve_options[] = {
    SETTING_OPTIONS(SERVE),
    OPTION_VALUE("passphrase-fd", OPTION_PASSPHRASE),
    OPTION_VALUE("clock", OPTION_CLOCK),
    OPTION_FLAG("check", OPTION_CHECK),
    {0},
};

static enum err serve_start(struct service *service, const char *const *values,
                            const struct secret *passphrase, struct fault *fault)
{
    if (values[SETTING_WEB_URL])
        snprintf(service->web_url, sizeof service->web_url, "%s", values[SETTING_WEB_URL]);
    enum err err = service_prepare(service, values[OPTION_CLOCK], fault);
    if (err == ERR_NONE)
        err = service_listen(service, ROLE_STATUS, values[SETTING_LISTEN], fault);
    if (err == ERR_NONE)
        err = service_listen(service, ROLE_WEB, values[SETTING_WEB], fault);
    return err == ERR_NONE ? children_start(&service->children, passphrase, fault) : err;
}

static void say_first(const struct service *service)
{
    if (service->children.call.is_sample)
        log_say(LOG_SAMPLE, LOG_ALONE, "見本／SAMPLE");
    log_say(LOG_NO_SEPARATION, LOG_ALONE, "%s",
            say("user separation is off: all roles run as one user",
                "利用者の分離は行われていません (全プロセスが同じ利用者で動作)"));
    if (service->children.listening[ROLE_WEB] < 0)
        log_say(LOG_NO_WEB, LOG_ALONE, "%s",
                say("no --web: the pages are not served",
                    "--web の指定がないため、ページは提供しません"));
}

/* What the options and the file say; EXIT_DONE, or a complaint. */
static int options_take(struct service *service, const char *const *values)
{
    const char *data = values[SETTING_DATA];
    if (!data || !values[SETTING_LISTEN])
        return complain_usage(
            "serve: --data and --listen are needed, or these settings in the file "
            "of --config");
    if (backup_is(data))
        return refuse(
            say("%s is a backup: make a data folder of it with jpkid restore",
                "%s はバックアップです。jpkid restore でデータフォルダーを作成してください"),
            data);
    if (data_is_follower(data))
        return refuse(
            say("%s follows another node: jpkid follow", "%s は追従ノードです (jpkid follow)"),
            data);
    service->children.call =
        (struct role_call){.data = data,
                           .parent = getpid(),
                           .is_sample = data_is_sample(data),
                           .status_threads = atoi(values[SETTING_STATUS_THREADS])};
    return EXIT_DONE;
}

/* From the first look at the data until the end. */
static int serve(struct service *service, const char *const *values)
{
    struct fault fault = {0};
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    log_open("parent");
    notify_open(&service->manager);
    if (service_become(values[SETTING_USER], &fault) != ERR_NONE ||
        sandbox_basics(&fault) != ERR_NONE ||
        data_folder_lock(service->children.call.data, &service->lock, &fault) != ERR_NONE)
        return role_fail(&fault);
    int status = jpkid_passphrase(values[OPTION_PASSPHRASE], false, &passphrase);
    if (status != EXIT_DONE)
        return status;
    enum err err = serve_start(service, values, &passphrase, &fault);
    secret_done(&passphrase);
    if (err == ERR_NONE)
        say_first(service);
    fflush(stdout);
    status = err == ERR_NONE ? service_run(service) : role_fail(&fault);
    service_end(service);
    return err == ERR_USAGE ? EXIT_USAGE : status;
}

int jpkid_serve(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct service service CLEANUP(service_done);
    service_init(&service);
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status == EXIT_DONE)
        status = options_take(&service, values);
    if (status != EXIT_DONE)
        return status;
    if (!values[OPTION_CHECK])
        return serve(&service, values);
    settings_print(command, values, &settings, stdout);
    return EXIT_DONE;
}
