#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope gemm, sums and outliers: keys, what the figures must say, refusals.
source "$(dirname "$0")/common.sh" || exit 1

json=$("$program" gemm --shape 16,48,160 --kernels e4m3,e4m3_row,e4m3_block,int8,w4a8_q4_k --seconds 0.01 --json) || wrong "gemm failed"
keys gemm kernel device status medianSeconds ci95 samples teraflops gigabytesPerSecond relativeError quantizationError accumulationError bound <<<"$json"
for kernel in e4m3 e4m3_row e4m3_block w4a8_q4_k; do
  less "$(figure accumulationError "\"$kernel\"" <<<"$json")" "$(figure bound "\"$kernel\"" <<<"$json")" || wrong "$kernel is outside its bound"
done
less "$(figure quantizationError '"int8"' <<<"$json")" "$(figure quantizationError '"e4m3_row"' <<<"$json")" || wrong "without outliers INT8 is finer than E4M3"

json=$("$program" sums --methods fp32,fp8_fast,fp8_promoted --lengths 128,4096 --data magnitudes --trials 16 --json) || wrong "sums failed"
keys sums method k relative normwise bound probableBound isModel <<<"$json"
[ "$(grep -c '"method"' <<<"$json")" = 6 ] || wrong "three methods at two lengths are six rows"
less "$(figure relative '"fp8_promoted".*4096' <<<"$json")" "$(figure relative '"fp8_fast".*4096' <<<"$json")" || wrong "promotion is better"
less 0.03 "$(figure relative '"fp8_fast".*4096' <<<"$json")" || wrong "fast accumulation of 4096 products of one sign loses several percent"
coarse=$("$program" sums --methods fp8_promoted --promote-every 1024 --lengths 4096 --data magnitudes --trials 16 --json) || wrong "promotion interval"
less "$(figure relative '"fp8_promoted".*4096' <<<"$json")" "$(figure relative '"fp8_promoted"' <<<"$coarse")" || wrong "a longer interval loses more"
"$program" sums --methods fp32,fp8_fast --lengths 256 | grep -q "model of a matrix unit" || wrong "a model is said to be one"
refused 2 "an unknown method is wrong usage" "$program" sums --methods abacus
refused 2 "no sum has no products" "$program" sums --lengths 0

json=$("$program" outliers --magnitudes 1,60 --shape 32,32,512 --json) || wrong "outliers failed"
keys outliers magnitude treatment productError activationError ordinaryError weightError channelsKept <<<"$json"
less "$(figure productError '"magnitude": 1.0,.*"int8"' <<<"$json")" "$(figure productError '"magnitude": 1.0,.*"e4m3"' <<<"$json")" || wrong "INT8 is finer without outliers"
less "$(figure ordinaryError '"magnitude": 60.0,.*"e4m3"' <<<"$json")" "$(figure ordinaryError '"magnitude": 60.0,.*"int8"' <<<"$json")" || wrong "E4M3 is finer beside outliers"
[ "$(figure channelsKept '"magnitude": 60.0,.*"int8_split"' <<<"$json")" -ge 3 ] || wrong "LLM.int8() keeps the outlier channels"
"$program" outliers "$sample_model" blk.0.ffn_up.weight --magnitudes 10 | grep -q int8_smooth || wrong "the sample model's own activations"
refused 1 "a tensor that is not there" "$program" outliers "$sample_model" token_embd.weight.none
json=$("$program" outliers --noise --json) || wrong "noise failed"
less "$(figure without '"int8,channel"' <<<"$json")" "$(figure with '"int8,channel"' <<<"$json")" || wrong "outliers cost INT8's other channels"
refused 2 "an unknown treatment is wrong usage" "$program" outliers --treatments none
refused 2 "an empty shape is wrong usage" "$program" outliers --shape 0,1,1
exit $failed
