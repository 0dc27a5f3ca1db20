#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope language: keys, the reference loss, the same words for the same seed, refusals.
source "$(dirname "$0")/common.sh" || exit 1

json=$("$program" language --scheme int8,channel --samples 3 --json) || wrong "language failed"
keys language scheme bitsPerWeight bitsPerCharacter samples bitsPerCharacterFp32 kept <<<"$json"
# assets/models/words.reference.json: 2.440485363
grep -q '"bitsPerCharacterFp32": 2.44048' <<<"$json" || wrong "FP32 has another loss than the reference"
grep -q '"scheme": "int8,channel"' <<<"$json" || wrong "the scheme is named"
first=$("$program" language --scheme int4,group=32 --seed 5 --words 50) || wrong "text failed"
[ "$first" = "$("$program" language --scheme int4,group=32 --seed 5 --words 50)" ] || wrong "the same seed says the same"
[ "$first" != "$("$program" language --scheme int4,group=32 --seed 6 --words 50)" ] || wrong "another seed says something else"

refused 2 "an unknown element is wrong usage" "$program" language --scheme int99
refused 2 "a scheme is needed" "$program" language
refused 1 "a missing file cannot be done" "$program" language --scheme int8 --model "$data/models/nothing.safetensors"

# Error compensation: methods, and activations from the sample model, a recipe and a file.
plain=$("$program" quantize "$sample_model" blk.2.ffn_up.weight --scheme int3,group=64 --activations sample --json) || wrong "activations of the sample model"
gptq=$("$program" quantize "$sample_model" blk.2.ffn_up.weight --scheme int3,group=64,gptq --activations sample --json) || wrong "gptq"
less "$(figure outputSqnrDb <<<"$plain")" "$(figure outputSqnrDb <<<"$gptq")" || wrong "gptq has the better outputs"
less "$(figure sqnrDb <<<"$gptq")" "$(figure sqnrDb <<<"$plain")" || wrong "gptq has the worse weights"
less "$("$program" language --scheme int3,group=64,gptq --json | figure bitsPerCharacter)" \
     "$("$program" language --scheme int3,group=64 --json | figure bitsPerCharacter)" || wrong "gptq speaks better"
"$program" quantize --synthetic normal,count=8192,columns=128,seed=1 --scheme int16 --output "$scratch/x.npy" >/dev/null || wrong "an NPY of activations"
for method in gptq awq smoothquant; do
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --activations "$scratch/x.npy" >/dev/null || wrong "$method from a file"
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --activations synthetic:rho=0.9,outliers=4 >/dev/null || wrong "$method from a recipe"
  refused 2 "$method needs activations" "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method
done
for method in hqq hadamard; do
  "$program" quantize --synthetic normal,count=16384,columns=128,seed=2 --scheme int4,group=32,$method --output "$scratch/w.npy" >/dev/null || wrong "$method"
done
[ "$(stat -c %s "$scratch/w.npy")" = $((16384 * 4 + 128)) ] || wrong "the values are written"
refused 1 "activations of another width" "$program" quantize --synthetic normal,count=8192,columns=64 --scheme int4,gptq --activations "$scratch/x.npy"
exit $failed
