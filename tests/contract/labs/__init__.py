# SPDX-License-Identifier: Apache-2.0
# labs/__init__.py - one class per switch the suite runs on
