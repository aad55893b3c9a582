# SPDX-License-Identifier: Apache-2.0
"""A second evaluator, written from the contract by someone who had not read the first, and what compares the two."""
