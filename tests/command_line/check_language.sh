#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope language: keys, the reference loss, the same words for the same seed, refusals.
set -u
program=$1
failed=0
wrong() { echo "wrong: $*"; failed=1; }

json=$("$program" language --scheme int8,channel --samples 3 --json) || wrong "language failed"
for key in scheme bitsPerWeight bitsPerCharacter samples bitsPerCharacterFp32 kept; do
  grep -q "\"$key\"" <<<"$json" || wrong "language has no $key"
done
# assets/models/words.reference.json: 2.440485363
grep -q '"bitsPerCharacterFp32": 2.44048' <<<"$json" || wrong "FP32 has another loss than the reference"
grep -q '"scheme": "int8,channel"' <<<"$json" || wrong "the scheme is named"
first=$("$program" language --scheme int4,group=32 --seed 5 --words 50) || wrong "text failed"
[ "$first" = "$("$program" language --scheme int4,group=32 --seed 5 --words 50)" ] || wrong "the same seed says the same"
[ "$first" != "$("$program" language --scheme int4,group=32 --seed 6 --words 50)" ] || wrong "another seed says something else"

"$program" language --scheme int99 2>/dev/null; [ $? = 2 ] || wrong "an unknown element is wrong usage"
"$program" language 2>/dev/null; [ $? = 2 ] || wrong "a scheme is needed"
"$program" language --scheme int8 --model "$2/models/nothing.safetensors" 2>/dev/null; [ $? = 1 ] || wrong "a missing file cannot be done"
exit $failed
