/* The maps of both kinds, and how far they are on the disk. Words are stored without a sync; at
 * times the maps are synced, and then a file beside them says up to which epoch. A start believes
 * that file and replays what is newer, or, where it cannot, fills the maps again from all changes.
 */
#pragma once

#include "centre/centre.h"

/* What a start found. MAPS_AGAIN: nothing says how far they were on the disk, or for this database.
 */
enum maps_were { MAPS_TRUE, MAPS_AGAIN, MAPS_DAMAGED };

/* maps_open opens what the paths name, or begins it again, and sets the epoch after which
 * change_feed goes on. centre has its store and the path `synced`. maps_done closes them. */
enum err maps_open(struct centre *centre, const char *const paths[static NUM_KINDS],
                   enum maps_were *were, struct fault *fault) MUST_USE;
void maps_done(struct centre *centre);

/* maps_sync brings what the maps say to the disk, then notes up to which epoch; nothing happens
 * when that is noted already. Due after a while, and sooner after many changes. */
enum err maps_sync(struct centre *centre, struct fault *fault) MUST_USE;
/* maps_note notes the history that the maps are going to have, before any word of it is in them:
 * the database without it is no more believed to be theirs, however they are left. */
enum err maps_note(struct centre *centre, struct fault *fault) MUST_USE;
bool maps_sync_is_due(const struct centre *centre);
