#include "main/maps_say.h"

#include "main/log.h"
#include "main/options.h"

static const struct {
    const char *en, *ja;
} sentences[] = {
    [MAPS_TRUE] = {NULL, NULL},
    [MAPS_AGAIN] = {"nothing says how far the status maps are on the disk for this database; they "
                    "are made again from the changes",
                    "状態表がこのデータベースのどこまでを含むか確かめられないため、"
                    "変更記録から作り直します"},
    [MAPS_DAMAGED] =
        {"a status map was missing or damaged; the maps are made again from the changes",
         "状態表が失われたか壊れていたため、変更記録から作り直します"},
};

void maps_say(enum maps_were were)
{
    if (sentences[were].en)
        log_say(LOG_MAPS_AGAIN, LOG_ALONE, "%s", say(sentences[were].en, sentences[were].ja));
}
