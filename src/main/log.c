#include "main/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#define LINE_MAX_BYTES 4096

static const struct {
    const char *name;
    char priority; /* of syslog */
} levels[] = {
    [LOG_ERROR] = {"error", '3'},
    [LOG_WARNING] = {"warning", '4'},
    [LOG_NOTICE] = {"notice", '5'},
    [LOG_INFO] = {"info", '6'},
};

static const struct {
    const char *name;
    enum log_level level;
} events[NUM_LOG_EVENTS] = {
#define X(id, name, level) [LOG_##id] = {name, LOG_##level},
    LOG_EVENTS(X)
#undef X
};

static const char *process = "parent";
static bool is_journal;

/* Is standard error what systemd connected to its journal (systemd.exec(5), JOURNAL_STREAM)? */
static bool goes_to_journal(void)
{
    unsigned long long device, inode;
    struct stat info;
    const char *stream = getenv("JOURNAL_STREAM");
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &info) == 0 && info.st_dev == device && info.st_ino == inode;
}

void log_open(const char *role)
{
    process = role;
    is_journal = goes_to_journal();
}

static bool is_bare(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '=' || *c == '\\')
            return false;
    return *text;
}

/* Quoted, unless it needs no quotes; what nobody sees and what is no text becomes '?'. */
static void put_value(struct buffer *line, const char *text, bool is_quoted)
{
    struct buffer visible CLEANUP_BUFFER;
    buffer_init(&visible, LINE_MAX_BYTES);
    text_put_visible(&visible, bytes_of_text(text));
    if (!is_quoted && is_bare(text)) {
        buffer_put_text(line, text);
        return;
    }
    buffer_put_text(line, "\"");
    for (size_t i = 0; i < visible.len; i++) {
        if (visible.data[i] == '"' || visible.data[i] == '\\')
            buffer_put_text(line, "\\");
        buffer_put(line, &visible.data[i], 1);
    }
    buffer_put_text(line, "\"");
}

static void put_pair(struct buffer *line, const struct log_pair *pair)
{
    buffer_put_format(line, " %s=", pair->key);
    if (pair->text)
        put_value(line, pair->text, false);
    else
        buffer_put_format(line, "%lld", (long long)pair->number);
}

static void put_begin(struct buffer *line, enum log_event event)
{
    char time[TIME_TEXT];
    enum log_level level = events[event].level;
    if (is_journal)
        buffer_put_format(line, "<%c>", levels[level].priority);
    else
        buffer_put_format(line, "time=%s ", time_print(clock_now(), time));
    buffer_put_format(line, "level=%s role=%s event=%s", levels[level].name, process,
                      events[event].name);
}

void log_say(enum log_event event, const struct log_pair *pairs, size_t num_pairs,
             const char *format, ...)
{
    char text[1024];
    struct buffer line CLEANUP_BUFFER;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_init(&line, LINE_MAX_BYTES);
    put_begin(&line, event);
    buffer_put_text(&line, " msg=");
    put_value(&line, text, true);
    for (size_t i = 0; i < num_pairs; i++)
        put_pair(&line, &pairs[i]);
    buffer_put_text(&line, "\n");
    if (buffer_check(&line) == ERR_NONE && fd_write_all(STDERR_FILENO, buffer_bytes(&line)))
        return; /* nobody can be told */
}

void log_fault(enum log_event event, const struct fault *fault)
{
    char text[512];
    log_say(event, LOG_WITH({"error", err_name(fault->code), 0}), "%s",
            fault_print(fault, text, sizeof text));
}

void log_list(void)
{
    for (enum log_event event = 0; event < NUM_LOG_EVENTS; event++)
        printf("%s: %s\n", events[event].name, levels[events[event].level].name);
}
