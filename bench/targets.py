"""What is measured: every metric by its name, with its unit and what it must reach.

A target is about the `value` in its unit, or about the `ratio`: how much of the limit (of the peer, where there is no
limit) is reached, so that more is better for times and memory too. None: it is reported, and nothing is asked of it."""

AT_LEAST, AT_MOST = ">=", "<="

# name: (unit, target)
METRICS = {
    # bench/limits.py: what this machine can do at all
    "limit-sign-p256": ("1/s", None),
    "limit-sign-rsa2048": ("1/s", None),
    "limit-append-4k": ("1/s", None),
    # bench/ocsp.py
    "ocsp-nonce": ("1/s", ("ratio", AT_LEAST, 0.6)),
    "ocsp-nonce-p99": ("ms", ("value", AT_MOST, 5)),
    "ocsp-nonce-cpu": ("us", None),
    "ocsp-plain": ("1/s", ("ratio", AT_LEAST, 1.0)),
    "ocsp-plain-p99": ("ms", None),
    "ocsp-plain-cpu": ("us", ("ratio", AT_LEAST, 1.0)),
    "ocsp-answer": ("us", None),  # without HTTP
    # bench/issue.py
    "issue-rsa2048": ("1/s", ("ratio", AT_LEAST, 0.65)),
    "issue-rsa2048-p99": ("ms", None),
    "issue-rsa2048-cpu": ("us", None),
    "issue-rsa2048-client-cpu": ("us", None),  # of the bench itself, on the same cores
    "issue-p256": ("1/s", ("value", AT_LEAST, 8000)),  # the ratio is told beside it
    "issue-p256-p99": ("ms", ("value", AT_MOST, 20)),
    "issue-p256-cpu": ("us", None),
    "issue-p256-client-cpu": ("us", None),
    "issue-token": ("1/s", None),
    "flatness-issue-p256": ("1/s", ("ratio", AT_LEAST, 0.9)),  # 10,000,000 certificates are stored
    "flatness-issue-p256-p99": ("ms", None),
    "flatness-issue-p256-cpu": ("us", ("ratio", AT_LEAST, 0.9)),
    # bench/population.py: 200,000,000 certificates in the map; flatness: 10,000,000
    "population-start": ("s", ("value", AT_MOST, 1)),
    "population-memory": ("MB", None),
    "population-ocsp-cold": ("1/s", None),
    "population-ocsp-nonce": ("1/s", ("ratio", AT_LEAST, 0.9)),
    "population-ocsp-nonce-cpu": ("us", ("ratio", AT_LEAST, 0.9)),
    "population-ocsp-plain": ("1/s", ("ratio", AT_LEAST, 0.9)),
    "population-ocsp-plain-cpu": ("us", ("ratio", AT_LEAST, 0.9)),
    "flatness-ocsp-nonce": ("1/s", ("ratio", AT_LEAST, 0.9)),
    "flatness-ocsp-nonce-cpu": ("us", ("ratio", AT_LEAST, 0.9)),
    "flatness-ocsp-plain": ("1/s", ("ratio", AT_LEAST, 0.9)),
    "flatness-ocsp-plain-cpu": ("us", ("ratio", AT_LEAST, 0.9)),
    # bench/start.py: the whole service
    "start-10m": ("s", ("ratio", AT_LEAST, 0.8)),
    "start-10m-cpu": ("s", None),  # of commit, until it is ready
    "start-10m-memory": ("MB", None),  # of commit
    "start-10m-again": ("s", None),  # when the maps are made again from all changes
    # bench/crl.py
    "crl-1m": ("s", ("value", AT_MOST, 0.4)),
    "crl-1m-memory": ("MB", ("value", AT_MOST, 150)),
    "crl-1m-among-100m": ("s", None),
    "crl-10m": ("s", ("value", AT_MOST, 5)),
    "crl-10m-memory": ("MB", None),
    # bench/push_set.py
    "push-set-1m": ("MB", ("value", AT_MOST, 1.1)),
    "push-set-1m-build": ("s", None),
    "push-set-1m-parse": ("s", None),
    "push-set-1m-lookup": ("1/s", None),
    "push-set-1m-memory": ("MB", None),
    # bench/mass.py
    "mass-hold-1m": ("s", ("value", AT_MOST, 60)),
    "mass-hold-1m-cpu": ("s", None),
    "mass-hold-1m-crl": ("s", ("value", AT_MOST, 30)),  # after the last part
    "mass-hold-1m-list": ("s", None),  # to send the list
    "mass-release-1m": ("s", ("value", AT_MOST, 60)),
    "mass-1m-delay": ("ms", ("value", AT_MOST, 100)),  # the longest that another act waited
    # bench/counter.py: pages of the counter, 50 clerks, 1,000,000 residents beside 10,000
    "counter-1m-p95": ("ms", ("value", AT_MOST, 50)),
    "counter-1m-worst-p95": ("ms", ("ratio", AT_LEAST, 0.667)),  # of the page that waits longest
    "counter-1m-pages": ("1/s", None),  # that they asked for
    "counter-1m-fill": ("s", None),  # the register, resident by resident
}


def is_met(name, value, ratio):
    """None when the metric has no target."""
    target = METRICS[name][1]
    if target is None:
        return None
    about, relation, bound = target
    what = value if about == "value" else ratio
    return what >= bound if relation == AT_LEAST else what <= bound


def target_text(name):
    target = METRICS[name][1]
    return None if target is None else f"{target[0]} {target[1]} {target[2]:g}"
