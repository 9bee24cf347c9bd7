# SPDX-License-Identifier: Apache-2.0
# contract/exposure - the cases of run_exposure.py and what they stand on
