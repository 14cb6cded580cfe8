/* The file that says how far the maps are on the disk (docs/PROTOCOL.status, 1). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "status/status_client.h"

#define LABEL     "JPKI map synced 1\n"
#define LABEL_LEN (sizeof LABEL - 1)
#define SYNCED_SIZE                                                                                \
    (LABEL_LEN + 16 + STATUS_JOURNAL_LEN + (size_t)NUM_KINDS * STATUS_MAP_ID_LEN + SHA256_LEN)

static void put_digest(struct buffer *out)
{
    uint8_t digest[SHA256_LEN];
    sha256(buffer_bytes(out), digest);
    buffer_put(out, digest, sizeof digest);
}

bool status_synced_read(const char *path, struct status_synced *out)
{
    struct buffer file CLEANUP_BUFFER;
    struct bytes label, digest;
    uint8_t wanted[SHA256_LEN];
    buffer_init(&file, SYNCED_SIZE);
    if (file_read(path, &file, NULL) != ERR_NONE || file.len != SYNCED_SIZE)
        return false;
    sha256(bytes_of(file.data, SYNCED_SIZE - SHA256_LEN), wanted);
    struct reader reader = reader_of(buffer_bytes(&file));
    return reader_take(&reader, LABEL_LEN, &label) && bytes_equal_text(label, LABEL) &&
           reader_u64(&reader, &out->epoch) && reader_u64(&reader, &out->entry) &&
           reader_copy(&reader, out->head, sizeof out->head) &&
           reader_copy(&reader, out->maps, sizeof out->maps) &&
           reader_take(&reader, SHA256_LEN, &digest) && reader_is_done(&reader) &&
           bytes_equal(digest, bytes_of(wanted, sizeof wanted));
}

enum err status_synced_write(const char *path, const struct status_synced *synced,
                             struct fault *fault)
{
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, SYNCED_SIZE);
    buffer_put_text(&file, LABEL);
    buffer_put_u64(&file, synced->epoch);
    buffer_put_u64(&file, synced->entry);
    buffer_put(&file, synced->head, sizeof synced->head);
    buffer_put(&file, synced->maps, sizeof synced->maps);
    put_digest(&file);
    enum err err = buffer_check(&file);
    return err == ERR_NONE ? file_replace(path, buffer_bytes(&file), 0640, fault) : err;
}

enum err status_synced_forget(const char *path, struct fault *fault)
{
    if (unlink(path) == 0)
        return folder_sync(path, fault);
    fault_name_input(fault, path);
    return errno == ENOENT ? ERR_NONE : fault_set(fault, ERR_IO, "unlink", "%s", strerror(errno));
}
