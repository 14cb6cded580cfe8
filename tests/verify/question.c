#include "question.h"

#include "check.h"

struct sample authority, generation, other; /* the second has the first one's name */
struct sample leaf, responder;
struct sample foreign, lapsed, early, no_purpose, no_nocheck, of_generation;
struct authorities *authorities;
struct cert_status_question question;

static struct profile responder_without(enum oid oid)
{
    struct profile profile = *profile_get(PROFILE_RESPONDER);
    size_t num = 0;
    for (size_t i = 0; i < profile.num_extensions; i++)
        if (profile.extensions[i].oid != oid)
            profile.extensions[num++] = profile.extensions[i];
    assert_int_equal(num + 1, profile.num_extensions);
    profile.num_extensions = num;
    return profile;
}

int question_begin(void **state)
{
    (void)state;
    const struct profile *right = profile_get(PROFILE_RESPONDER);
    struct profile purposeless = responder_without(OID_EXTENDED_KEY_USAGE);
    struct profile checkable = responder_without(OID_OCSP_NOCHECK);
    int64_t from = WORLD_NOW - 600, to = WORLD_NOW + 600;
    sample_authority(KIND_SIGNATURE, &authority);
    sample_authority(KIND_SIGNATURE, &generation);
    sample_authority(KIND_AUTHENTICATION, &other);
    sample_leaf(KIND_SIGNATURE, &authority, 0x0705D990, &leaf);
    sample_responder(KIND_SIGNATURE, &authority, 9, &responder);
    world_responder(right, &responder, &other, from, to, &foreign);
    world_responder(right, &responder, &generation, from, to, &of_generation);
    world_responder(right, &responder, &authority, from, WORLD_NOW - 31, &lapsed);
    world_responder(right, &responder, &authority, WORLD_NOW - 29, to, &early);
    world_responder(&purposeless, &responder, &authority, from, to, &no_purpose);
    world_responder(&checkable, &responder, &authority, from, to, &no_nocheck);
    assert_ok(authorities_new(&authorities));
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, authority.cert.whole, NULL));
    question = (struct cert_status_question){
        .cert = &leaf.cert, .kind = KIND_SIGNATURE, .at = WORLD_NOW, .now = WORLD_NOW};
    assert_ok(authorities_find(authorities, KIND_SIGNATURE, &leaf.cert, &question.authority, NULL));
    return 0;
}

int question_end(void **state)
{
    (void)state;
    struct sample *const samples[] = {&authority,  &generation, &other,        &leaf,
                                      &responder,  &foreign,    &lapsed,       &early,
                                      &no_purpose, &no_nocheck, &of_generation};
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        sample_free(samples[i]);
    authorities_free(authorities);
    return 0;
}

struct variant right(void)
{
    return variant_good(&authority, &responder, &leaf);
}
