"""A disk that may lose power. What is strict here, and what POSIX promises no more than:

 - written bytes and a file's length are lost until that file was synced (fsync or fdatasync);
 - a name that was made, renamed or removed is as before until its folder was synced, also when the file
   itself was synced;
 - a rename is seen whole or not at all; what its new name leads to has the content that was synced, if
   nothing was the file is empty;
 - of what was not synced, any part may have reached the disk: the sweeps try all of it lost, and each
   single write or name kept alone (a write behind the end leaves zeros before it).

Folders that were there when the record began are on the disk with what they hold."""
import os

import trace

O_CREAT, O_TRUNC = os.O_CREAT, os.O_TRUNC


class File:
    """durable: what the disk has; live: what programs see; pending: the numbered writes between the
    two. version: the number of the last write that is durable."""

    def __init__(self, number, content=b"", mode=0o600):
        self.durable, self.live, self.pending = content, bytearray(content), []
        self.mode, self.version = mode, number

    def sync(self):
        if self.pending:
            self.durable, self.version = bytes(self.live), self.pending[-1][0]
            self.pending = []

    def change(self, number, operation):
        apply(self.live, operation)
        self.pending.append((number, operation))

    def kept(self, operation):
        content = bytearray(self.durable)
        apply(content, operation)
        return bytes(content)


def apply(content, operation):
    """operation: (offset, bytes), or (length, None) for a file cut or grown to that length."""
    at, data = operation
    if data is None:
        if at < len(content):
            del content[at:]
        content.extend(bytes(at - len(content)))
        return
    if at > len(content):
        content.extend(bytes(at - len(content)))
    content[at:at + len(data)] = data


class Folder:
    def __init__(self, mode=0o755):
        self.durable, self.live, self.pending = {}, {}, []
        self.mode = mode

    def sync(self):
        self.durable, self.pending = dict(self.live), []

    def change(self, number, *names):
        """names: (name, node or None), seen together or not at all."""
        set_names(self.live, names)
        self.pending.append((number, names))


def set_names(entries, names):
    for name, node in names:
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


class Disk:
    """Everything below one folder, moved on by the events of a record. before: a copy of the folder as
    it was when the record began. Changes are numbered, the same for the same record."""

    def __init__(self, root, before):
        self.root, self.top, self.open, self.forks, self.count = root, Folder(), {}, {}, 0
        self.load(self.top, before)

    def next(self):
        self.count += 1
        return self.count

    def load(self, folder, path):
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            mode = entry.stat(follow_symlinks=False).st_mode & 0o777
            if entry.is_dir(follow_symlinks=False):
                folder.live[entry.name] = Folder(mode)
                self.load(folder.live[entry.name], entry.path)
            elif entry.is_file(follow_symlinks=False) and not entry.name.endswith("-shm"):
                with open(entry.path, "rb") as file:
                    folder.live[entry.name] = File(self.next(), file.read(), mode)
        folder.sync()

    # names

    def words(self, path):
        return [word for word in os.path.relpath(path, self.root).split("/") if word not in (".", "")]

    def find(self, path):
        node = self.top
        for word in self.words(path):
            node = node.live.get(word) if isinstance(node, Folder) else None
        return node

    def parent(self, path):
        return self.find(os.path.dirname(path)), os.path.basename(path)

    # events

    def take(self, event, lets_sync=lambda path: True):
        """Moves on by one event. lets_sync may say that a sync did not happen."""
        key = (event.process, event.fd)
        if event.type == trace.FORK:
            self.forks[event.process] = {fd: opened for (process, fd), opened in self.open.items()
                                         if process == event.process}
        elif event.type == trace.START and not event.data:
            for fd, opened in self.forks[event.number].items():
                self.open[event.process, fd] = opened
        elif event.type == trace.OPEN:
            self.take_open(event, key)
        elif event.type == trace.CLOSE:
            self.open.pop(key, None)
        elif event.type == trace.SYNC and key in self.open:
            path, node = self.open[key]
            if lets_sync(path):
                node.sync()
        elif event.type in (trace.WRITE, trace.TRUNCATE) and key in self.open:
            self.take_content(event, self.open[key][1])
        elif event.type in (trace.RENAME, trace.UNLINK, trace.MKDIR):
            self.take_name(event)

    def take_open(self, event, key):
        node = self.find(event.text)
        if node is None and event.number & O_CREAT:
            folder, name = self.parent(event.text)
            node = File(self.next())
            folder.change(self.next(), (name, node))
        elif isinstance(node, File) and event.number & O_TRUNC and node.live:
            node.change(self.next(), (0, None))
        if node is not None:
            self.open[key] = (event.text, node)

    def take_content(self, event, node):
        if event.type == trace.TRUNCATE:
            node.change(self.next(), (event.number, None))
        else:
            node.change(self.next(), (event.number if event.number >= 0 else len(node.live), event.data))

    def take_name(self, event):
        if event.type == trace.RENAME:
            old, new = (os.fsdecode(part) for part in event.data.split(b"\0"))
            (old_folder, old_name), (folder, name) = self.parent(old), self.parent(new)
            node = old_folder.live[old_name]
            if old_folder is folder:
                folder.change(self.next(), (old_name, None), (name, node))
            else:
                old_folder.change(self.next(), (old_name, None))
                folder.change(self.next(), (name, node))
            return
        folder, name = self.parent(event.text)
        folder.change(self.next(), (name, None if event.type == trace.UNLINK else Folder()))

    # what is left

    def lost(self):
        """All that was not synced is gone: {path: (version, content, mode)}, None for a folder."""
        return self.tree(self.top, "", {}, False)

    def live_tree(self):
        return self.tree(self.top, "", {}, True)

    def tree(self, folder, path, out, is_live, kept=None):
        """kept: (number, node, operation) that reached the disk though it was not synced."""
        entries = folder.live if is_live else folder.durable
        if kept and kept[1] is folder:
            entries = dict(entries)
            set_names(entries, kept[2])
        for name, node in entries.items():
            below = f"{path}/{name}" if path else name
            if isinstance(node, Folder):
                out[below] = None
                self.tree(node, below, out, is_live, kept)
            elif is_live:
                last = node.pending[-1][0] if node.pending else node.version
                out[below] = (last, bytes(node.live), node.mode)
            elif kept and kept[1] is node:
                out[below] = ((node.version, kept[0]), node.kept(kept[2]), node.mode)
            else:
                out[below] = (node.version, node.durable, node.mode)
        return out

    def pending(self):
        """[(number, node, operation)] of everything that was not synced and can still be reached."""
        found, todo, seen = [], [self.top], set()
        while todo:
            node = todo.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            found += [(number, node, operation) for number, operation in node.pending]
            if isinstance(node, Folder):
                todo += [*node.live.values(), *node.durable.values()]
        return found

    def kept_alone(self, number):
        """All that was not synced is gone but the one change of that number."""
        kept = next(change for change in self.pending() if change[0] == number)
        return self.tree(self.top, "", {}, False, kept)


def key(tree):
    """Equal for trees that are equal."""
    return frozenset((path, node[0] if node else None) for path, node in tree.items())


def write(tree, folder):
    for path, node in tree.items():
        full = os.path.join(folder, path)
        if node is None:
            os.makedirs(full, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb", opener=lambda name, flags: os.open(name, flags, node[2] | 0o600)) as file:
            file.write(node[1])
