#include "reader/pcsc.h"

#include <stdlib.h>
#include <string.h>
#include <winscard.h>

#include "base/limits.h"

struct pcsc {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    uint8_t response[LIMIT_APDU];
};

static enum err pcsc_fault(struct fault *fault, const char *what, LONG code)
{
    return fault_set(fault, ERR_READER, what, "%s", pcsc_stringify_error(code));
}

static void context_release(SCARDCONTEXT *context)
{
    if (*context)
        SCardReleaseContext(*context);
}
#define CLEANUP_CONTEXT CLEANUP(context_release)

static enum err context_establish(SCARDCONTEXT *out, struct fault *fault)
{
    fault_name_input(fault, "card reader");
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, out);
    if (code == SCARD_E_NO_SERVICE)
        return fault_set(fault, ERR_READER, "pcscd",
                         "it does not run; it connects readers to programs");
    return code == SCARD_S_SUCCESS ? ERR_NONE : pcsc_fault(fault, "pcscd", code);
}

/* A multi-string: names ended by zeros, and one more zero. Names too long for us are left out. */
static enum err take_names(struct bytes list, struct pcsc_readers *out)
{
    struct reader reader = reader_of(list);
    while (reader.left && *reader.at) {
        const uint8_t *end = memchr(reader.at, 0, reader.left);
        struct bytes name;
        if (!end || !reader_take(&reader, (size_t)(end - reader.at) + 1, &name))
            return ERR_PEER;
        if (name.len > PCSC_NAME_MAX || out->num == PCSC_READERS_MAX)
            continue;
        memcpy(out->readers[out->num++].name, name.data, name.len);
    }
    return reader.left == 1 ? ERR_NONE : ERR_PEER;
}

static enum err list_names(SCARDCONTEXT context, struct pcsc_readers *out, struct fault *fault)
{
    char list[PCSC_READERS_MAX * (PCSC_NAME_MAX + 1)];
    DWORD len = sizeof list;
    LONG code = SCardListReaders(context, NULL, list, &len);
    if (code == SCARD_E_NO_READERS_AVAILABLE)
        return ERR_NONE;
    if (code != SCARD_S_SUCCESS)
        return pcsc_fault(fault, "SCardListReaders", code);
    if (len > sizeof list || take_names(bytes_of(list, len), out) != ERR_NONE)
        return fault_set(fault, ERR_READER, "SCardListReaders", "pcscd answered nonsense");
    return ERR_NONE;
}

static bool has_card(SCARDCONTEXT context, const char *name)
{
    SCARD_READERSTATE state = {.szReader = name, .dwCurrentState = SCARD_STATE_UNAWARE};
    return SCardGetStatusChange(context, 0, &state, 1) == SCARD_S_SUCCESS &&
           state.dwEventState & SCARD_STATE_PRESENT;
}

static enum err list_readers(SCARDCONTEXT context, struct pcsc_readers *out, struct fault *fault)
{
    struct pcsc_readers readers = {0};
    enum err err = list_names(context, &readers, fault);
    for (size_t i = 0; err == ERR_NONE && i < readers.num; i++)
        readers.readers[i].has_card = has_card(context, readers.readers[i].name);
    if (err == ERR_NONE)
        *out = readers;
    return err;
}

enum err pcsc_list(struct pcsc_readers *out, struct fault *fault)
{
    SCARDCONTEXT context CLEANUP_CONTEXT = 0;
    enum err err = context_establish(&context, fault);
    return err != ERR_NONE ? err : list_readers(context, out, fault);
}

/* pcscd forgets a connection's card when another program resets it; the session starts again. */
static LONG reconnect(struct pcsc *pcsc)
{
    return SCardReconnect(pcsc->card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                          SCARD_LEAVE_CARD, &pcsc->protocol);
}

static enum err pcsc_transmit(void *context, struct bytes apdu, struct buffer *response)
{
    struct pcsc *pcsc = context;
    const SCARD_IO_REQUEST *pci = pcsc->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD len = sizeof pcsc->response;
    if (apdu.len > LIMIT_APDU)
        return ERR_LIMIT;
    LONG code = SCardTransmit(pcsc->card, pci, apdu.data, apdu.len, NULL, pcsc->response, &len);
    if (code != SCARD_S_SUCCESS || len > sizeof pcsc->response)
        return ERR_READER;
    buffer_put(response, pcsc->response, len);
    explicit_bzero(pcsc->response, len);
    return ERR_NONE;
}

static enum err pcsc_begin(void *context)
{
    struct pcsc *pcsc = context;
    LONG code = SCardBeginTransaction(pcsc->card);
    if (code == SCARD_W_RESET_CARD && reconnect(pcsc) == SCARD_S_SUCCESS)
        code = SCardBeginTransaction(pcsc->card);
    return code == SCARD_S_SUCCESS ? ERR_NONE : ERR_READER;
}

static void pcsc_end(void *context)
{
    struct pcsc *pcsc = context;
    SCardEndTransaction(pcsc->card, SCARD_LEAVE_CARD);
}

static void pcsc_close(void *context)
{
    struct pcsc *pcsc = context;
    SCardDisconnect(pcsc->card, SCARD_LEAVE_CARD);
    SCardReleaseContext(pcsc->context);
    explicit_bzero(pcsc, sizeof *pcsc);
    free(pcsc);
}

static const struct card_channel_functions pcsc_functions = {
    pcsc_transmit,
    pcsc_begin,
    pcsc_end,
    pcsc_close,
};

/* The name of the reader to take. */
static enum err choose(const struct pcsc_readers *readers, const char *name, const char **out,
                       struct fault *fault)
{
    for (size_t i = 0; i < readers->num; i++) {
        if (name ? strcmp(readers->readers[i].name, name) != 0 : !readers->readers[i].has_card)
            continue;
        if (!readers->readers[i].has_card)
            return fault_set(fault, ERR_READER, "card", "there is none in \"%s\"", name);
        *out = readers->readers[i].name;
        return ERR_NONE;
    }
    if (name)
        return fault_set(fault, ERR_READER, "reader", "there is none called \"%s\"", name);
    return fault_set(fault, ERR_READER, "card", "there is none in %zu readers", readers->num);
}

static enum err connect_card(struct pcsc *pcsc, const char *name, struct fault *fault)
{
    struct pcsc_readers readers = {0};
    const char *chosen = NULL;
    enum err err = context_establish(&pcsc->context, fault);
    if (err == ERR_NONE)
        err = list_readers(pcsc->context, &readers, fault);
    if (err == ERR_NONE)
        err = choose(&readers, name, &chosen, fault);
    if (err != ERR_NONE)
        return err;
    LONG code = SCardConnect(pcsc->context, chosen, SCARD_SHARE_SHARED,
                             SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &pcsc->card, &pcsc->protocol);
    return code == SCARD_S_SUCCESS ? ERR_NONE : pcsc_fault(fault, chosen, code);
}

enum err pcsc_open(const char *name, struct card_channel *out, struct fault *fault)
{
    struct pcsc *pcsc = calloc(1, sizeof *pcsc);
    if (!pcsc)
        return ERR_MEMORY;
    enum err err = connect_card(pcsc, name, fault);
    if (err != ERR_NONE) {
        context_release(&pcsc->context);
        free(pcsc);
        return err;
    }
    *out = (struct card_channel){&pcsc_functions, pcsc};
    return ERR_NONE;
}
