#include "base/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/seccomp.h"
#include "base/secret.h"

static enum err fail(struct fault *fault, const char *step)
{
    return fault_set(fault, ERR_DENIED, step, "%s", strerror(errno));
}

enum err sandbox_become(const char *name, struct fault *fault)
{
    const struct passwd *user = getpwnam(name);
    if (!user || user->pw_uid == 0)
        return fault_set(fault, ERR_DENIED, "user", "%s is %s", name,
                         user ? "root" : "nobody known");
    if (geteuid() == user->pw_uid)
        return ERR_NONE;
    if (geteuid() != 0)
        return fault_set(fault, ERR_DENIED, "user", "only root can become %s", name);
    uid_t uid = user->pw_uid;
    gid_t gid = user->pw_gid;
    if (initgroups(name, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
        setresuid(uid, uid, uid) != 0)
        return fail(fault, "user");
    if (setuid(0) == 0) /* it must not come back */
        return fault_set(fault, ERR_DENIED, "user", "%s is still root", name);
    return ERR_NONE;
}

static enum err user_become(const char *name, bool *changed, struct fault *fault)
{
    if (!name || geteuid() != 0)
        return ERR_NONE;
    enum err err = sandbox_become(name, fault);
    *changed = err == ERR_NONE;
    return err;
}

enum err sandbox_basics(struct fault *fault)
{
    if (secret_guard_process() != ERR_NONE)
        return fail(fault, "no core, not dumpable");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(fault, "no new privileges");
    return ERR_NONE;
}

enum err sandbox_apply(const struct sandbox_plan *plan, struct sandbox_report *report,
                       struct fault *fault)
{
    struct sandbox_report done = {.lacks = ""};
    enum err err = user_become(plan->user, &done.has_user, fault);
    if (err == ERR_NONE)
        err = sandbox_basics(fault);
    if (err == ERR_NONE)
        err = landlock_apply(plan->paths, plan->num_paths, &done.landlock, fault);
    if (err == ERR_NONE && plan->calls != SANDBOX_CALLS_ALL)
        err = seccomp_apply(plan->calls, &done.has_filter, &done.lacks, fault);
    if (err == ERR_NONE)
        *report = done;
    return err;
}

const char *sandbox_print(const struct sandbox_plan *plan, const struct sandbox_report *report,
                          char *text, size_t size)
{
    char landlock[64] = "no Landlock in this kernel";
    char filter[96] = "all system calls";
    if (report->landlock)
        snprintf(landlock, sizeof landlock, "Landlock %d", report->landlock);
    if (report->has_filter)
        snprintf(filter, sizeof filter, "system calls filtered");
    else if (plan->calls != SANDBOX_CALLS_ALL)
        snprintf(filter, sizeof filter, "system calls not filtered (%s)", report->lacks);
    snprintf(text, size, "no new privileges, no core, not dumpable, %s, %s, %s", landlock, filter,
             report->has_user ? plan->user : "no user of its own");
    return text;
}

void sandbox_die_with_parent(int parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(2);
}
