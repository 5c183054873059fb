"""Presenters: read models of the desk become the frozen values that components show. (pure)"""
