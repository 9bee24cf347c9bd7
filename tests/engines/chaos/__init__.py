# SPDX-License-Identifier: Apache-2.0
# chaos/__init__.py - parts of run_chaos.py
