/* Lists of what a role may call; everything else is answered with EPERM, so that a forgotten call
 * shows as a refusal and not as a crash. */
#include "base/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>

/* Work on memory and on descriptors that are open. */
static const int compute[] = {
    SCMP_SYS(read),          SCMP_SYS(readv),
    SCMP_SYS(pread64),       SCMP_SYS(write),
    SCMP_SYS(writev),        SCMP_SYS(lseek),
    SCMP_SYS(fstat),         SCMP_SYS(close),
    SCMP_SYS(fcntl),         SCMP_SYS(poll),
    SCMP_SYS(ppoll),         SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),      SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),        SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),     SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),     SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),     SCMP_SYS(getpid),
    SCMP_SYS(gettid),        SCMP_SYS(getppid),
    SCMP_SYS(tgkill),        SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),   SCMP_SYS(sysinfo),
    SCMP_SYS(getuid),        SCMP_SYS(geteuid),
    SCMP_SYS(shutdown),
};

/* Threads, as many as there are processors. */
static const int threads[] = {
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_getaffinity),
};

/* cairo asks so, each time, before it uses the font whose file it has open. */
static const int asking[] = {
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
};

/* Reading what is in a folder. */
static const int folders[] = {
    SCMP_SYS(getdents64),
    SCMP_SYS(newfstatat),
};

/* A server on a socket that listens already; what it gives out may stand in a memfd. */
static const int serve[] = {
    SCMP_SYS(accept),       SCMP_SYS(accept4),     SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),   SCMP_SYS(epoll_pwait), SCMP_SYS(setsockopt),    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),  SCMP_SYS(getpeername), SCMP_SYS(sendfile),      SCMP_SYS(eventfd2),
    SCMP_SYS(memfd_create),
};

/* The writer of the database: its files, their locks and names, a memfd for the signer; connections
 * that come in, none that go out. Which files, Landlock says. */
static const int store[] = {
    SCMP_SYS(accept4),    SCMP_SYS(getsockopt), SCMP_SYS(openat),       SCMP_SYS(pwrite64),
    SCMP_SYS(ftruncate),  SCMP_SYS(fallocate),  SCMP_SYS(newfstatat),   SCMP_SYS(stat),
    SCMP_SYS(lstat),      SCMP_SYS(access),     SCMP_SYS(faccessat),    SCMP_SYS(faccessat2),
    SCMP_SYS(statx),      SCMP_SYS(fstatfs),    SCMP_SYS(getcwd),       SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(unlink),     SCMP_SYS(unlinkat),     SCMP_SYS(rename),
    SCMP_SYS(renameat),   SCMP_SYS(renameat2),  SCMP_SYS(link),         SCMP_SYS(linkat),
    SCMP_SYS(fchmod),     SCMP_SYS(fchown),     SCMP_SYS(memfd_create), SCMP_SYS(msync),
    SCMP_SYS(umask),      SCMP_SYS(utimensat),
};

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t num)
{
    int status = 0;
    for (size_t i = 0; i < num && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return status;
}

/* Memory that can be run is not made any more; fstat has its second form. */
static int allow_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_exec = SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp empty_path =
        SCMP_CMP(3, SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH);
    int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_exec);
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_exec);
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, empty_path);
    return status;
}

/* Threads but no processes. clone3 hides its flags behind a pointer; told that there is none, the C
 * library takes clone. */
static int allow_threads(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp thread = SCMP_CMP(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
    int status = allow_all(filter, threads, COUNT_OF(threads));
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread);
    return status == 0 ? seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0)
                       : status;
}

static int allow_reading_files(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp read_only =
        SCMP_CMP(2, SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, read_only);
}

/* The kernel does not look: the answer says nothing about any file. */
static int answer_yes(scmp_filter_ctx filter, const int *calls, size_t num)
{
    int status = 0;
    for (size_t i = 0; i < num && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), calls[i], 0);
    return status;
}

static int filter_fill(scmp_filter_ctx filter, enum sandbox_calls calls)
{
    int status = allow_all(filter, compute, COUNT_OF(compute));
    if (status == 0)
        status = allow_memory(filter);
    if (status == 0)
        status = allow_threads(filter);
    if (status == 0 && calls == SANDBOX_CALLS_DRAW)
        status = answer_yes(filter, asking, COUNT_OF(asking));
    if (status == 0 && calls == SANDBOX_CALLS_SERVE)
        status = allow_all(filter, serve, COUNT_OF(serve));
    if (status == 0 && (calls == SANDBOX_CALLS_SERVE || calls == SANDBOX_CALLS_READ))
        status = allow_reading_files(filter);
    if (status == 0 && calls == SANDBOX_CALLS_READ)
        status = allow_all(filter, folders, COUNT_OF(folders));
    if (status == 0 && calls == SANDBOX_CALLS_STORE)
        status = allow_all(filter, store, COUNT_OF(store));
    return status;
}

static void filter_cleanup(scmp_filter_ctx *filter)
{
    if (*filter)
        seccomp_release(*filter);
}

static bool is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return true; /* the sanitizers call what no role needs */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

enum err seccomp_apply(enum sandbox_calls calls, bool *applied, const char **lacks,
                       struct fault *fault)
{
    *applied = false;
    if (is_sanitized()) {
        *lacks = "built with a sanitizer";
        return ERR_NONE;
    }
    scmp_filter_ctx filter CLEANUP(filter_cleanup) = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return fault_set(fault, ERR_MEMORY, "seccomp", "out of memory");
    /* a library may have begun threads: they are not to be the way around it */
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0 || filter_fill(filter, calls) != 0)
        return fault_set(fault, ERR_DENIED, "seccomp", "the filter could not be made");
    *applied = seccomp_load(filter) == 0;
    *lacks = *applied ? "" : "this kernel has no seccomp filter";
    return ERR_NONE;
}
