/* jpkid follow: a node that follows the database of another and answers OCSP: two roles, feed and
 * status, in a folder of its own, which the first start makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/key.h"
#include "main/data_folder.h"
#include "main/feed_files.h"
#include "main/jpkid.h"
#include "main/log.h"
#include "main/options.h"
#include "main/service.h"
#include "main/settings.h"
#include "store/property.h"

enum { OPTION_STORE = FIRST_OPTION, OPTION_CLOCK, NUM_OPTIONS };

const struct option follow_options[] = {
    SETTING_OPTIONS(SERVING),
    OPTION_VALUE("store", OPTION_STORE),
    OPTION_VALUE("clock", OPTION_CLOCK),
    {0},
};

/* --- the folder --- */

/* The key outlives the process: people register its public half. */
static enum err key_make(const char *folder, struct fault *fault)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret pkcs8 CLEANUP_SECRET;
    struct buffer spki CLEANUP_BUFFER, pem CLEANUP_BUFFER;
    secret_init(&pkcs8);
    buffer_init(&spki, LIMIT_KEY_FILE);
    buffer_init(&pem, LIMIT_KEY_FILE);
    enum err err = private_key_generate(KEY_P256, 0, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &pkcs8);
    if (err == ERR_NONE)
        err = private_key_spki(key, &spki);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "none could be made");
    pem_encode("PUBLIC KEY", buffer_bytes(&spki), &pem);
    err = data_item_create(folder, DATA_FOLLOWER_KEY, secret_bytes(&pkcs8), 0600, fault);
    return err == ERR_NONE
               ? data_item_create(folder, DATA_FOLLOWER_PUBLIC, buffer_bytes(&pem), 0644, fault)
               : err;
}

/* Maps, authorities, and whether the data are samples: what the roles find at their start. */
static enum err database_read(const char *folder, struct fault *fault)
{
    struct feed_files files;
    struct feed feed CLEANUP_FEED = {0};
    bool is_sample = false;
    enum err err = feed_files_find(folder, &files, fault);
    if (err == ERR_NONE)
        err = feed_open(&files.paths, &feed, fault);
    if (err == ERR_NONE)
        err = store_is_sample(feed.centre.store, &is_sample, fault);
    if (err == ERR_NONE && is_sample)
        err = data_sample_mark(folder, fault);
    return err == ERR_NONE ? maps_sync(&feed.centre, fault) : err;
}

static enum err folder_make(const char *data, const char *store, struct fault *fault)
{
    char folder[PATH_MAX];
    enum err err = data_folder_make(data, DATA_OF_FOLLOWER, folder, fault);
    if (err != ERR_NONE)
        return err;
    err = data_item_create(folder, DATA_DATABASE_ADDRESS, bytes_of_text(store), 0600, fault);
    if (err == ERR_NONE)
        err = key_make(folder, fault);
    if (err == ERR_NONE)
        err = database_read(folder, fault);
    if (err == ERR_NONE)
        err = data_folder_finish(folder, data, fault);
    if (err != ERR_NONE)
        data_folder_remove(folder);
    return err;
}

/* An address that is given again takes the place of the one before. */
static enum err folder_open(const char *data, const char *store, struct fault *fault)
{
    char path[PATH_MAX];
    if (!store)
        return ERR_NONE;
    enum err err = data_path(data, DATA_DATABASE_ADDRESS, path, fault);
    return err == ERR_NONE ? file_replace(path, bytes_of_text(store), 0600, fault) : err;
}

/* What was fed before this start may be of another start of the machine, whose clock was another. A
 * map that is missing or none is made again by feed. */
static enum err forget_fed(const char *data, struct fault *fault)
{
    static const enum data_item items[NUM_KINDS] = {DATA_MAP_SIGNATURE, DATA_MAP_AUTHENTICATION};
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        char path[PATH_MAX];
        struct status_map *map CLEANUP_STATUS_MAP = NULL;
        enum err err = data_path(data, items[kind], path, fault);
        if (err == ERR_NONE)
            err = status_map_open(path, (enum kind)kind, true, &map, fault);
        if (err == ERR_NONE)
            status_map_set_fed(map, 0);
        else if (err != ERR_NOT_FOUND && err != ERR_MALFORMED)
            return err;
    }
    *fault = (struct fault){0};
    return ERR_NONE;
}

/* --- the command --- */

static void say_first(const char *data, bool is_sample)
{
    char path[PATH_MAX];
    if (is_sample)
        log_say(LOG_SAMPLE, LOG_ALONE, "見本／SAMPLE");
    if (data_path(data, DATA_FOLLOWER_PUBLIC, path, NULL) == ERR_NONE)
        log_say(LOG_FOLLOWER_KEY, LOG_ALONE,
                say("the public key to be registered: %s", "登録する公開鍵: %s"), path);
}

static int check_words(const char *const *values)
{
    const char *data = values[SETTING_DATA], *store = values[OPTION_STORE];
    if (!data || !values[SETTING_LISTEN])
        return complain_usage("follow: --data and --listen are needed");
    if (store && store_is_file(store))
        return complain_usage("follow: --store is an address of PostgreSQL (postgres:…)");
    if (access(data, F_OK) != 0)
        return store ? EXIT_DONE
                     : complain_usage(
                           "follow: --store is needed by the first start, which makes %s", data);
    return data_is_follower(data) ? EXIT_DONE
                                  : refuse(say("%s was not made by jpkid follow",
                                               "%s は追従ノードのものではありません"),
                                           data);
}

static enum err folder_find(const char *data, const char *store, struct fault *fault)
{
    return access(data, F_OK) == 0 ? folder_open(data, store, fault)
                                   : folder_make(data, store, fault);
}

static enum err follow_start(struct service *service, const char *const *values,
                             struct fault *fault)
{
    const char *data = values[SETTING_DATA];
    enum err err = folder_find(data, values[OPTION_STORE], fault);
    if (err == ERR_NONE)
        err = data_folder_lock(data, &service->lock, fault);
    if (err == ERR_NONE)
        err = forget_fed(data, fault);
    if (err != ERR_NONE)
        return err;
    service->children.call =
        (struct role_call){.data = data,
                           .parent = getpid(),
                           .is_sample = data_is_sample(data),
                           .status_threads = atoi(values[SETTING_STATUS_THREADS])};
    err = service_prepare(service, values[OPTION_CLOCK], fault);
    if (err == ERR_NONE)
        err = service_listen(service, ROLE_STATUS, values[SETTING_LISTEN], fault);
    return err == ERR_NONE ? children_follow(&service->children, fault) : err;
}

int jpkid_follow(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct service service CLEANUP(service_done);
    struct fault fault = {0};
    service_init(&service);
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status == EXIT_DONE)
        status = check_words(values);
    if (status != EXIT_DONE)
        return status;
    log_open("parent");
    notify_open(&service.manager);
    enum err err = service_become(values[SETTING_USER], &fault);
    if (err == ERR_NONE)
        err = sandbox_basics(&fault);
    if (err == ERR_NONE)
        err = follow_start(&service, values, &fault);
    if (err == ERR_NONE)
        say_first(values[SETTING_DATA], service.children.call.is_sample);
    fflush(stdout);
    status = err == ERR_NONE ? service_run(&service) : role_fail(&fault);
    service_end(&service);
    return err == ERR_USAGE ? EXIT_USAGE : status;
}
