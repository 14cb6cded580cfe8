#include "crypto/module.h"

#include <dlfcn.h>
#include <string.h>

#define SLOTS_MAX 64

/* Answers that an operator can do something about; any other is told as a number. */
static const struct {
    ck_rv_t answer;
    enum err code; /* ERR_NONE: what the caller says */
    const char *name;
} answers[] = {
    {CKR_PIN_INCORRECT, ERR_CRYPTO, "CKR_PIN_INCORRECT"},
    {CKR_PIN_LEN_RANGE, ERR_CRYPTO, "CKR_PIN_LEN_RANGE"},
    {CKR_PIN_INVALID, ERR_CRYPTO, "CKR_PIN_INVALID"},
    {CKR_PIN_EXPIRED, ERR_LOCKED, "CKR_PIN_EXPIRED"},
    {CKR_PIN_LOCKED, ERR_LOCKED, "CKR_PIN_LOCKED"},
    {CKR_USER_PIN_NOT_INITIALIZED, ERR_STATE, "CKR_USER_PIN_NOT_INITIALIZED"},
    {CKR_CRYPTOKI_ALREADY_INITIALIZED, ERR_STATE, "CKR_CRYPTOKI_ALREADY_INITIALIZED"},
    {CKR_TOKEN_WRITE_PROTECTED, ERR_DENIED, "CKR_TOKEN_WRITE_PROTECTED"},
    {CKR_TOKEN_NOT_PRESENT, ERR_NONE, "CKR_TOKEN_NOT_PRESENT"},
    {CKR_DEVICE_REMOVED, ERR_NONE, "CKR_DEVICE_REMOVED"},
    {CKR_DEVICE_ERROR, ERR_NONE, "CKR_DEVICE_ERROR"},
    {CKR_DEVICE_MEMORY, ERR_NONE, "CKR_DEVICE_MEMORY"},
    {CKR_SESSION_HANDLE_INVALID, ERR_NONE, "CKR_SESSION_HANDLE_INVALID"},
    {CKR_SESSION_CLOSED, ERR_NONE, "CKR_SESSION_CLOSED"},
    {CKR_SESSION_COUNT, ERR_NONE, "CKR_SESSION_COUNT"},
    {CKR_OBJECT_HANDLE_INVALID, ERR_NONE, "CKR_OBJECT_HANDLE_INVALID"},
    {CKR_KEY_HANDLE_INVALID, ERR_NONE, "CKR_KEY_HANDLE_INVALID"},
    {CKR_MECHANISM_INVALID, ERR_NONE, "CKR_MECHANISM_INVALID"},
    {CKR_USER_NOT_LOGGED_IN, ERR_NONE, "CKR_USER_NOT_LOGGED_IN"},
    {CKR_GENERAL_ERROR, ERR_NONE, "CKR_GENERAL_ERROR"},
};

enum err module_fault(struct fault *fault, enum err code, const char *rule, ck_rv_t answer)
{
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        if (answers[i].answer == answer)
            return fault_set(fault, answers[i].code == ERR_NONE ? code : answers[i].code, rule,
                             "the token answers %s", answers[i].name);
    return fault_set(fault, code, rule, "the token answers 0x%lx", answer);
}

static enum err library_open(struct module *module, const char *path, struct fault *fault)
{
    fault_name_input(fault, path);
    if (path[0] != '/')
        return fault_set(fault, ERR_USAGE, "module", "its whole path is needed");
    module->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module->library)
        return fault_set(fault, ERR_NOT_FOUND, "module", "%s", dlerror());
    union {
        void *symbol;
        CK_C_GetFunctionList function;
    } get = {.symbol = dlsym(module->library, "C_GetFunctionList")};
    struct ck_function_list *call = NULL;
    if (!get.symbol || get.function(&call) != CKR_OK || !call)
        return fault_set(fault, ERR_UNSUPPORTED, "module", "a library, but no PKCS#11 module");
    if (call->version.major != 2)
        return fault_set(fault, ERR_UNSUPPORTED, "module", "PKCS#11 %u, not 2",
                         call->version.major);
    struct ck_c_initialize_args threads = {.flags = CKF_OS_LOCKING_OK};
    ck_rv_t answer = call->C_Initialize(&threads);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_UNSUPPORTED, "module", answer);
    module->call = call;
    return ERR_NONE;
}

/* A label is 32 bytes, blanks behind it. */
static bool has_label(const struct ck_token_info *info, const char *label)
{
    size_t len = strlen(label);
    if (!(info->flags & CKF_TOKEN_INITIALIZED) || len > sizeof info->label ||
        memcmp(info->label, label, len) != 0)
        return false;
    for (; len < sizeof info->label; len++)
        if (info->label[len] != ' ')
            return false;
    return true;
}

static enum err slot_find(struct module *module, const char *label, struct fault *fault)
{
    ck_slot_id_t slots[SLOTS_MAX];
    unsigned long num = COUNT_OF(slots);
    size_t found = 0;
    ck_rv_t answer = module->call->C_GetSlotList(1, slots, &num);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_NOT_FOUND, "token", answer);
    for (size_t i = 0; i < num; i++) {
        struct ck_token_info info;
        if (module->call->C_GetTokenInfo(slots[i], &info) != CKR_OK || !has_label(&info, label))
            continue;
        module->slot = slots[i];
        found++;
    }
    if (found == 0)
        return fault_set(fault, ERR_NOT_FOUND, "token", "no token is there with the label %s",
                         label);
    return found == 1
               ? ERR_NONE
               : fault_set(fault, ERR_STATE, "token", "%zu tokens have the label %s", found, label);
}

static enum err sessions_open(struct module *module, struct fault *fault)
{
    while (module->num_idle < MODULE_SESSIONS) {
        ck_rv_t answer = module->call->C_OpenSession(module->slot, CKF_SERIAL_SESSION, NULL, NULL,
                                                     &module->idle[module->num_idle]);
        if (answer != CKR_OK)
            return module_fault(fault, ERR_NOT_FOUND, "token", answer);
        module->num_idle++;
    }
    return ERR_NONE;
}

/* The login is for all sessions of this process. */
static enum err login(struct module *module, const struct secret *pin, struct fault *fault)
{
    struct secret copy CLEANUP_SECRET = *pin; /* the call takes no constant one */
    ck_rv_t answer = module->call->C_Login(module->idle[0], CKU_USER, copy.data, copy.len);
    return answer == CKR_OK ? ERR_NONE : module_fault(fault, ERR_STATE, "PIN", answer);
}

enum err module_begin(struct module *module, const char *path, const char *label,
                      const struct secret *pin, struct fault *fault)
{
    *module = (struct module){0};
    pthread_mutex_init(&module->lock, NULL);
    enum err err = library_open(module, path, fault);
    if (err == ERR_NONE)
        err = slot_find(module, label, fault);
    if (err == ERR_NONE)
        err = sessions_open(module, fault);
    return err == ERR_NONE ? login(module, pin, fault) : err;
}

/* The library stays loaded: it may have left functions to be called at the end of the process. */
void module_end(struct module *module)
{
    if (module->call)
        module->call->C_Finalize(NULL);
    module->call = NULL;
    pthread_mutex_destroy(&module->lock);
}

bool module_take(struct module *module, ck_session_handle_t *out)
{
    pthread_mutex_lock(&module->lock);
    bool is_there = module->num_idle > 0;
    if (is_there)
        *out = module->idle[--module->num_idle];
    pthread_mutex_unlock(&module->lock);
    return is_there;
}

void module_give_back(struct module *module, ck_session_handle_t session)
{
    pthread_mutex_lock(&module->lock);
    module->idle[module->num_idle++] = session;
    pthread_mutex_unlock(&module->lock);
}

void module_note(struct module *module, ck_rv_t answer)
{
    pthread_mutex_lock(&module->lock);
    if (module->failed == CKR_OK)
        module->failed = answer;
    pthread_mutex_unlock(&module->lock);
}
