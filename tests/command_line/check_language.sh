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

# Error compensation: methods, and activations from the sample model, a recipe and a file.
model=$(dirname "$2")/../assets/models/words.safetensors
figure() { sed -n "s/.*\"$1\": \([-0-9.e]*\).*/\1/p"; }
less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }
plain=$("$program" quantize "$model" blk.2.ffn_up.weight --scheme int3,group=64 --activations sample --json) || wrong "activations of the sample model"
gptq=$("$program" quantize "$model" blk.2.ffn_up.weight --scheme int3,group=64,gptq --activations sample --json) || wrong "gptq"
less "$(figure outputSqnrDb <<<"$plain")" "$(figure outputSqnrDb <<<"$gptq")" || wrong "gptq has the better outputs"
less "$(figure sqnrDb <<<"$gptq")" "$(figure sqnrDb <<<"$plain")" || wrong "gptq has the worse weights"
less "$("$program" language --scheme int3,group=64,gptq --json | figure bitsPerCharacter)" \
     "$("$program" language --scheme int3,group=64 --json | figure bitsPerCharacter)" || wrong "gptq speaks better"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" quantize --synthetic normal,count=8192,columns=128,seed=1 --scheme int16 --output "$folder/x.npy" >/dev/null || wrong "an NPY of activations"
for method in gptq awq smoothquant; do
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --activations "$folder/x.npy" >/dev/null || wrong "$method from a file"
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --activations synthetic:rho=0.9,outliers=4 >/dev/null || wrong "$method from a recipe"
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method 2>/dev/null; [ $? = 2 ] || wrong "$method needs activations"
done
for method in hqq hadamard; do
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --output "$folder/w.npy" >/dev/null || wrong "$method"
done
[ "$(stat -c %s "$folder/w.npy")" = $((16384 * 4 + 128)) ] || wrong "the values are written"
"$program" quantize --synthetic normal,count=8192,columns=64 --scheme int4,gptq --activations "$folder/x.npy" 2>/dev/null; [ $? = 1 ] || wrong "activations of another width"
exit $failed
