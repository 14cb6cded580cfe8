/* libifdjpki.so: readers for pcscd whose cards are programs. Each reader listens on a UNIX socket
 * (DEVICENAME jpki:/path/card.sock); a card connects to be inserted and hangs up to be removed. No
 * network. A card that is late, talks nonsense or speaks unasked is removed, and harms no other
 * reader. docs/PROTOCOL.emulated-reader. */
#pragma GCC visibility push(default)
#include <ifdhandler.h>
#pragma GCC visibility pop
#include <reader.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "reader/emulated_card.h"

#define READERS_MAX      16    /* as many as pcscd has */
#define SOCKET_PATH_MAX  108   /* sun_path */
#define POWER_TIMEOUT    3000  /* milliseconds */
#define TRANSMIT_TIMEOUT 30000 /* milliseconds; a key pair is made within */
#define REFUSALS_MAX     8     /* further cards turned away at one poll */

static const char device_prefix[] = "jpki:";

struct slot {
    bool is_open;
    int listener, card; /* -1: none */
    char path[SOCKET_PATH_MAX];
    uint8_t atr[MAX_ATR_SIZE];
    size_t atr_len; /* 0: without power */
};

/* pcscd calls for one reader at a time, but for several readers at once. */
static struct slot slots[READERS_MAX];

/* The reader is in the upper half of a logical unit number, its slot in the lower: we have one. */
static struct slot *find_slot(DWORD lun)
{
    size_t reader = lun >> 16 & 0xFFFF;
    if (reader >= READERS_MAX || (lun & 0xFFFF) != 0 || !slots[reader].is_open)
        return NULL;
    return &slots[reader];
}

static void remove_card(struct slot *slot)
{
    fd_close(&slot->card);
    slot->atr_len = 0;
}

/* One order and its answer, which must have between least and most bytes. Whoever fails at it is
 * removed. */
static enum err exchange(struct slot *slot, enum emulated_order order, struct bytes apdu,
                         int timeout, size_t least, size_t most, struct buffer *answer)
{
    struct buffer frame CLEANUP_BUFFER;
    buffer_init(&frame, LIMIT_APDU + 1);
    buffer_put_u8(&frame, (uint8_t)order);
    buffer_put_bytes(&frame, apdu);
    enum err err = slot->card < 0 ? ERR_CLOSED : buffer_check(&frame);
    if (err == ERR_NONE)
        err = frame_send(slot->card, buffer_bytes(&frame));
    if (err == ERR_NONE)
        err = frame_receive(slot->card, answer, timeout);
    if (err == ERR_NONE && (answer->len < least || answer->len > most))
        err = ERR_PEER;
    if (err != ERR_NONE)
        remove_card(slot);
    return err;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    size_t reader = lun >> 16 & 0xFFFF;
    if (reader >= READERS_MAX || (lun & 0xFFFF) != 0 || slots[reader].is_open ||
        strncmp(name, device_prefix, sizeof device_prefix - 1) != 0)
        return IFD_NO_SUCH_DEVICE;
    struct slot *slot = &slots[reader];
    *slot = (struct slot){.listener = -1, .card = -1};
    int len = snprintf(slot->path, sizeof slot->path, "%s", name + sizeof device_prefix - 1);
    if (len < 0 || (size_t)len >= sizeof slot->path ||
        socket_listen(slot->path, &slot->listener, NULL) != ERR_NONE)
        return IFD_COMMUNICATION_ERROR;
    slot->is_open = true;
    return IFD_SUCCESS;
}

/* By number: how pcscd opens serial readers of old. A socket has a name. */
RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
    (void)lun;
    (void)channel;
    return IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
    struct slot *slot = find_slot(lun);
    if (!slot)
        return IFD_NO_SUCH_DEVICE;
    remove_card(slot);
    fd_close(&slot->listener);
    unlink(slot->path);
    slot->is_open = false;
    return IFD_SUCCESS;
}

/* Gives a value to pcscd: *len is its room before and the length afterwards. */
static RESPONSECODE give(const void *data, size_t data_len, PDWORD len, PUCHAR value)
{
    if (data_len > *len)
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    if (data_len)
        memcpy(value, data, data_len);
    *len = data_len;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD len, PUCHAR value)
{
    static const struct {
        DWORD tag;
        uint8_t value;
    } numbers[] = {
        {TAG_IFD_SIMULTANEOUS_ACCESS, READERS_MAX},
        {TAG_IFD_THREAD_SAFE, 1},
        {TAG_IFD_SLOTS_NUMBER, 1},
        {TAG_IFD_SLOT_THREAD_SAFE, 0},
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (numbers[i].tag == tag)
            return give(&numbers[i].value, 1, len, value);
    const struct slot *slot = find_slot(lun);
    if (slot && (tag == TAG_IFD_ATR || tag == SCARD_ATTR_ATR_STRING))
        return give(slot->atr, slot->atr_len, len, value);
    return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD len, PUCHAR value)
{
    (void)lun;
    (void)tag;
    (void)len;
    (void)value;
    return IFD_NOT_SUPPORTED;
}

/* There is no wire: whatever protocol the ATR offers is spoken. */
RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3)
{
    (void)flags;
    (void)pts1;
    (void)pts2;
    (void)pts3;
    if (!find_slot(lun))
        return IFD_NO_SUCH_DEVICE;
    bool is_known = protocol == SCARD_PROTOCOL_T0 || protocol == SCARD_PROTOCOL_T1;
    return is_known ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

static RESPONSECODE power_up(struct slot *slot, enum emulated_order order, PUCHAR atr, PDWORD len)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    slot->atr_len = 0;
    if (exchange(slot, order, bytes_of(NULL, 0), POWER_TIMEOUT, 2, sizeof slot->atr, &answer) !=
        ERR_NONE)
        return IFD_ERROR_POWER_ACTION;
    memcpy(slot->atr, answer.data, answer.len);
    slot->atr_len = answer.len;
    return give(slot->atr, slot->atr_len, len, atr);
}

static RESPONSECODE power_down(struct slot *slot)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    slot->atr_len = 0;
    enum err err = exchange(slot, ORDER_POWER_OFF, bytes_of(NULL, 0), POWER_TIMEOUT, 0, 0, &answer);
    return err == ERR_NONE ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD len)
{
    struct slot *slot = find_slot(lun);
    DWORD room = MAX_ATR_SIZE;
    *len = 0;
    if (!slot)
        return IFD_NO_SUCH_DEVICE;
    if (action == IFD_POWER_DOWN)
        return power_down(slot);
    if (action != IFD_POWER_UP && action != IFD_RESET)
        return IFD_NOT_SUPPORTED;
    RESPONSECODE code =
        power_up(slot, action == IFD_RESET ? ORDER_RESET : ORDER_POWER_ON, atr, &room);
    if (code == IFD_SUCCESS)
        *len = room;
    return code;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_header, PUCHAR command,
                               DWORD command_len, PUCHAR response, PDWORD response_len,
                               PSCARD_IO_HEADER receive_header)
{
    struct slot *slot = find_slot(lun);
    struct buffer answer CLEANUP_BUFFER;
    DWORD room = *response_len;
    (void)send_header;
    buffer_init(&answer, LIMIT_FRAME);
    *response_len = 0;
    if (!slot)
        return IFD_NO_SUCH_DEVICE;
    if (command_len > LIMIT_APDU || slot->atr_len == 0)
        return IFD_COMMUNICATION_ERROR;
    enum err err = exchange(slot, ORDER_TRANSMIT, bytes_of(command, command_len), TRANSMIT_TIMEOUT,
                            2, LIMIT_APDU, &answer);
    if (err != ERR_NONE)
        return err == ERR_TIMEOUT ? IFD_RESPONSE_TIMEOUT : IFD_COMMUNICATION_ERROR;
    if (receive_header)
        receive_header->Protocol = 1;
    RESPONSECODE code = give(answer.data, answer.len, &room, response);
    if (code == IFD_SUCCESS)
        *response_len = room;
    return code;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR command, DWORD command_len, PUCHAR response,
                         DWORD response_room, LPDWORD response_len)
{
    (void)lun;
    (void)code;
    (void)command;
    (void)command_len;
    (void)response;
    (void)response_room;
    *response_len = 0;
    return IFD_ERROR_NOT_SUPPORTED;
}

/* A card only answers: whatever comes between two orders is its end or nonsense. */
static bool is_still_there(const struct slot *slot)
{
    struct pollfd state = {.fd = slot->card, .events = POLLIN | POLLRDHUP};
    return poll(&state, 1, 0) == 0;
}

static int accept_card(const struct slot *slot)
{
    return accept4(slot->listener, NULL, NULL, SOCK_CLOEXEC);
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
    struct slot *slot = find_slot(lun);
    if (!slot)
        return IFD_NO_SUCH_DEVICE;
    if (slot->card >= 0 && !is_still_there(slot)) {
        remove_card(slot);
        return IFD_ICC_NOT_PRESENT; /* seen at least once, before another card comes */
    }
    if (slot->card < 0)
        slot->card = accept_card(slot);
    for (int i = 0; slot->card >= 0 && i < REFUSALS_MAX; i++) {
        int second CLEANUP_FD = accept_card(slot);
        if (second < 0)
            break;
    }
    return slot->card >= 0 ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}
