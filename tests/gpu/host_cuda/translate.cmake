# SPDX-License-Identifier: Apache-2.0
# cmake -DFROM=kernel.cu -DTO=kernel.cpp -P translate.cmake: the three things in a CUDA file that an ordinary
# compiler cannot read. Lines keep their numbers.
file(READ ${FROM} text)
string(REGEX REPLACE "([A-Za-z]+(<[A-Za-z0-9:, ]*>)?)<<<([^;]*)>>>\\(" "host_cuda::launch(host_cuda::Plan(\\3), \\1, " text "${text}")
string(REGEX REPLACE "extern __shared__ (__align__\\([0-9]+\\) )?([A-Za-z0-9_:]+) ([a-z]+)\\[\\];" "auto* const \\3 = static_cast<\\2*>(host_cuda::dynamicShared());" text "${text}")
# `__shared__ float x[4], w[4];` becomes a structure with these members and references to them.
set(count 0)
while(text MATCHES "__shared__ ((__align__\\([0-9]+\\) )?[A-Za-z0-9_:]+ )([^;]*);")
  set(whole "${CMAKE_MATCH_0}")
  set(type "${CMAKE_MATCH_1}")
  set(members "${CMAKE_MATCH_3}")
  string(REGEX REPLACE "\\[[^]]*]" "" names "${members}")
  math(EXPR count "${count} + 1")
  string(REPLACE "${whole}" "struct Shared${count} { ${type}${members}; }; auto& [${names}] = host_cuda::staticShared<Shared${count}>();" text "${text}")
endwhile()
file(WRITE ${TO} "#include <cuda_runtime_api.h>\n#line 1 \"${FROM}\"\n${text}")
