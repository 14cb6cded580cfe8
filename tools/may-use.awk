# Reads the rows of src/meson.build, the table of ARCHITECTURE.md, then the sources. Complains about
# an include that its room may not use, and about rows that differ.
function complain(text) { print "lint: " text > "/dev/stderr"; failed = 1 }

FILENAME ~ /meson\.build$/ && /'uses':/ {
    row = $0
    room = row
    sub(/^[^']*'/, "", room)
    sub(/'.*/, "", room)
    sub(/.*'uses': \[/, "", row)
    sub(/\].*/, "", row)
    gsub(/[', ]+/, " ", row)
    num = split(row, used, " ")
    sorted = ""
    for (i = 1; i <= num; i++) { may[room, used[i]] = 1; sorted = sorted " " used[i] }
    rooms[room] = sorted
}

FILENAME ~ /ARCHITECTURE\.md$/ && /^\| `[a-z0-9]+\/` \|/ {
    split($0, cell, "|")
    room = cell[2]
    gsub(/[`\/ ]/, "", room)
    row = cell[3]
    gsub(/[`,—]/, " ", row)
    gsub(/ +/, " ", row)
    sub(/ $/, "", row)
    described[room] = row
}

FILENAME ~ /^src\// && /^#include "/ {
    split(FILENAME, part, "/")
    room = part[2]
    target = $2
    gsub(/"/, "", target)
    if (target !~ /\//) { complain(FILENAME ": include with its room: \"" target "\""); next }
    header = target
    sub(/\/.*/, "", target)
    if (room == "main" || target == room || may[room, target]) next
    complain(FILENAME ": " room " may not use " target)
}

# Rooms of other processes are reached through their *_client.h alone.
FILENAME ~ /^src\// && /^#include "(signer|status)\// {
    split(FILENAME, part, "/")
    if (part[2] ~ /^(signer|status|main)$/) next
    if ($2 !~ /_client\.h"$/) complain(FILENAME ": " $2 " is not a *_client.h")
}

END {
    for (room in rooms)
        if (rooms[room] != described[room])
            complain("ARCHITECTURE.md says \"" room ":" described[room] "\", src/meson.build says \"" rooms[room] "\"")
    exit failed
}
