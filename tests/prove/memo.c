/* The sweeps open the same sealed keys a thousand times: what scrypt makes of a passphrase and a
 * salt is kept in the file that JPKI_MEMO names. For tests alone; the program is not changed by it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NUM_SLOTS 64
#define SLOT_MAX  64

/* Of a file that is NUM_SLOTS of these, zeros at first. */
struct memo_slot {
    _Atomic int state; /* 0 free, 1 being written, 2 there */
    unsigned char pass[SLOT_MAX], salt[SLOT_MAX], key[SLOT_MAX];
};

static struct memo_slot *memo_open(void)
{
    static struct memo_slot *slots;
    const char *path = getenv("JPKI_MEMO");
    int fd = slots || !path ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return slots;
    void *at = mmap(NULL, NUM_SLOTS * sizeof *slots, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    slots = at == MAP_FAILED ? NULL : at;
    return slots;
}

static void slot_fill(struct memo_slot *slot, const struct memo_slot *from)
{
    int is_free = 0;
    if (!atomic_compare_exchange_strong(&slot->state, &is_free, 1))
        return;
    memcpy(slot->pass, from->pass, sizeof slot->pass);
    memcpy(slot->salt, from->salt, sizeof slot->salt);
    memcpy(slot->key, from->key, sizeof slot->key);
    atomic_store(&slot->state, 2);
}

int EVP_PBE_scrypt(const char *pass, size_t pass_len, const unsigned char *salt, size_t salt_len,
                   uint64_t n, uint64_t r, uint64_t p, uint64_t memory, unsigned char *key,
                   size_t key_len)
{
    __typeof__(EVP_PBE_scrypt) *real =
        (__typeof__(EVP_PBE_scrypt) *)dlsym(RTLD_NEXT, "EVP_PBE_scrypt");
    struct memo_slot *slots = memo_open(), wanted = {0};
    if (!slots || pass_len > SLOT_MAX || salt_len > SLOT_MAX || key_len > SLOT_MAX)
        return real(pass, pass_len, salt, salt_len, n, r, p, memory, key, key_len);
    memcpy(wanted.pass, pass, pass_len);
    memcpy(wanted.salt, salt, salt_len);
    for (int i = 0; i < NUM_SLOTS; i++) {
        if (atomic_load(&slots[i].state) == 2 &&
            memcmp(slots[i].pass, wanted.pass, sizeof wanted.pass) == 0 &&
            memcmp(slots[i].salt, wanted.salt, sizeof wanted.salt) == 0) {
            memcpy(key, slots[i].key, key_len);
            return 1;
        }
        if (atomic_load(&slots[i].state) != 0)
            continue;
        if (real(pass, pass_len, salt, salt_len, n, r, p, memory, key, key_len) != 1)
            return 0;
        memcpy(wanted.key, key, key_len);
        slot_fill(&slots[i], &wanted);
        return 1;
    }
    return real(pass, pass_len, salt, salt_len, n, r, p, memory, key, key_len);
}
