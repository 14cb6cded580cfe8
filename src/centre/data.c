/* Opening the data folder. */
#include "centre/data.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "centre/setup.h"
#include "store/property.h"

#define SIGNER_TIMEOUT 60000 /* milliseconds; a CRL of millions takes a while */

static enum err load(const char *path,
                     enum err (*parse)(struct centre *, struct bytes, struct fault *),
                     struct centre *centre, struct fault *fault)
{
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_CONFIG_FILE);
    fault_name_input(fault, path);
    enum err err = file_read(path, &file, fault);
    return err != ERR_NONE ? err : parse(centre, buffer_bytes(&file), fault);
}

static enum err parse_municipalities(struct centre *centre, struct bytes file, struct fault *fault)
{
    return municipalities_parse(file, &centre->municipalities, fault);
}

static enum err parse_substitutes(struct centre *centre, struct bytes file, struct fault *fault)
{
    return substitutes_parse(file, centre->substitutes, fault);
}

static enum err parse_policy(struct centre *centre, struct bytes file, struct fault *fault)
{
    return law_policy_parse(file, &centre->policy, fault);
}

static enum err parse_profile(struct centre *centre, struct bytes file, struct fault *fault)
{
    return profile_site_parse(file, centre->site, fault);
}

/* A folder made before there were appointments has no such file. */
static enum err load_appointments(const char *path, struct appointments *out, struct fault *fault)
{
    struct fault why = {0};
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_CONFIG_FILE);
    fault_name_input(&why, path);
    enum err err = file_read(path, &file, &why);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = appointments_parse(buffer_bytes(&file), out, &why);
    if (err != ERR_NONE)
        *fault = why;
    return err;
}

static enum err load_files(struct centre *centre, const struct data_paths *paths,
                           const char *municipality, struct fault *fault)
{
    centre->policy = law_policy_default();
    enum err err = load(paths->municipalities, parse_municipalities, centre, fault);
    if (err == ERR_NONE)
        err = load(paths->substitutes, parse_substitutes, centre, fault);
    if (err == ERR_NONE && paths->policy)
        err = load(paths->policy, parse_policy, centre, fault);
    if (err == ERR_NONE && paths->profile)
        err = load(paths->profile, parse_profile, centre, fault);
    if (err != ERR_NONE)
        return err;
    centre->town = municipalities_find(&centre->municipalities, municipality);
    return centre->town
               ? ERR_NONE
               : fault_set(fault, ERR_NOT_FOUND, "municipality", "no row for %s", municipality);
}

static enum err open_database(const struct data_paths *paths, int signer_fd,
                              const char *municipality, struct data *out, struct fault *fault)
{
    struct centre *centre = &out->centre;
    *out = (struct data){0};
    signer_client_init(&out->signer, signer_fd);
    signer_client_init(&out->list_signer, -1);
    out->signer.timeout = SIGNER_TIMEOUT;
    centre->signer = &out->signer;
    centre->substitutes = &out->substitutes;
    centre->site = &out->site;
    *centre->site = *profile_site_default();
    snprintf(centre->published, sizeof centre->published, "%s", paths->published);
    snprintf(centre->synced, sizeof centre->synced, "%s", paths->synced);
    snprintf(centre->checkpoints, sizeof centre->checkpoints, "%s", paths->checkpoints);
    centre->appointments = &out->appointments;
    enum err err = load_files(centre, paths, municipality, fault);
    if (err == ERR_NONE && paths->appointments)
        err = load_appointments(paths->appointments, &out->appointments, fault);
    if (err == ERR_NONE)
        err = store_open(paths->database, STORE_WRITER, &centre->store, fault);
    if (err == ERR_NONE)
        err = store_migrate(centre->store, fault);
    return err == ERR_NONE ? store_claim(centre->store, fault) : err;
}

enum err data_open_database(const struct data_paths *paths, const char *municipality,
                            struct data *out, struct fault *fault)
{
    enum err err = open_database(paths, -1, municipality, out, fault);
    if (err != ERR_NONE)
        data_done(out);
    return err;
}

enum err data_open(const struct data_paths *paths, int signer_fd, const char *municipality,
                   struct data *out, struct fault *fault)
{
    enum err err = open_database(paths, signer_fd, municipality, out, fault);
    if (err == ERR_NONE)
        err = maps_open(&out->centre, paths->maps, &out->maps_were, fault);
    if (err == ERR_NONE)
        err = centre_open(&out->centre, fault);
    if (err != ERR_NONE)
        data_done(out);
    return err;
}

enum err data_open_lists(struct data *data, struct fault *fault)
{
    enum err err = signer_client_lists(&data->signer, &data->list_signer, fault);
    if (err == ERR_NONE)
        data->centre.list_signer = &data->list_signer;
    return err;
}

void data_done(struct data *data)
{
    struct centre *centre = &data->centre;
    if (!centre->signer)
        return;
    centre_done(centre);
    maps_done(centre);
    store_close(centre->store);
    municipalities_done(&centre->municipalities);
    signer_client_done(&data->list_signer);
    signer_client_done(&data->signer);
    *data = (struct data){0};
}
