# SPDX-License-Identifier: Apache-2.0
# What the checks of qscope share: each sources it first and gets the same two arguments, QSCOPE TEST_DATA.
set -u
program=$1
data=$2
sample_model=$(dirname "$data")/../assets/models/words.safetensors
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Says what is wrong and goes on; a check ends with `exit $failed`.
failed=0
wrong() {
    echo "wrong: $*"
    failed=1
}

# keys NAME KEY... <JSON: every key is there.
keys() {
    local name=$1 json key
    json=$(cat)
    shift
    for key in "$@"; do
        grep -q "\"$key\"" <<<"$json" || wrong "$name has no $key"
    done
}

# refused STATUS WHY COMMAND...: it ends with this status.
refused() {
    local status=$1 why=$2
    shift 2
    "$@" 2>/dev/null
    [ $? = "$status" ] || wrong "$why"
}

# figure KEY [WORDS] <JSON: the number of the first row that holds the words, or the key.
figure() {
    tr -d '\n' | sed 's/},/}\n/g' | grep -- "${2:-\"$1\"}" | head -1 | sed -n "s/.*\"$1\": \([-0-9.e]*\).*/\1/p"
}

# less A B: both are numbers, and A is the smaller one.
less() {
    [ -n "$1" ] && [ -n "$2" ] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'
}
