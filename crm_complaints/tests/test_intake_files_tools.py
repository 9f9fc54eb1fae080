# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import unittest
import zipfile

from odoo.addons.crm_complaints.tools import intake_files as tools


def office(name="word/document.xml", size=100):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return stream.getvalue()


class TestIntakeFiles(unittest.TestCase):
    def _refused(self, name, content):
        with self.assertRaises(tools.FileRefusedError) as caught:
            tools.check_file(name, content)
        return caught.exception.code

    def test_matrix(self):
        png = b"\x89PNG\r\n\x1a\n"
        for name, content, code in (
            ("a.html", b"<html>", "type"),
            ("a.svg", b"<svg/>", "type"),
            ("a.xml", b"<a/>", "type"),
            ("a.php", b"<?php", "type"),
            ("a.png.php", png, "type"),
            ("a", png, "type"),
            ("", png, "type"),
            ("a.png", b"GIF89a", "content"),
            ("a.jpg", png, "content"),
            ("a.pdf", b"<html>", "content"),
            ("a.txt", b"a\x00b", "content"),
            ("a.png", b"", "empty"),
            ("a.docx", b"PK\x03\x04junk", "content"),
            ("a.docx", office("xl/workbook.xml"), "content"),
            ("a.docx", office(size=50_000_000), "content"),  # 1000 times its size
            ("a\u202egnp.exe", png, "type"),
            ("a.txt", b"x" * (tools.DEFAULT_LIMITS.file_bytes + 1), "size"),
        ):
            self.assertEqual(self._refused(name, content), code, name)

    def test_taken(self):
        for name, content, kind in (
            ("a.PNG", b"\x89PNG\r\n\x1a\n<html>", "image/png"),
            ("a.txt", "é".encode("utf-16"), "text/plain"),
            ("a.csv", "发票".encode("gb18030"), "text/csv"),
            ("a.txt", b"<script>", "text/plain"),
            ("a.mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
            (
                "a.docx",
                office(),
                "application/vnd.openxmlformats-officedocument"
                ".wordprocessingml.document",
            ),
        ):
            self.assertEqual(tools.check_file(name, content).mimetype, kind)

    def test_names(self):
        for name, safe in (
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.png", "x.png"),
            ("..\\..\\x.png", "x.png"),
            ("a\x00b\r\n.png", "ab.png"),
            ("\u202egnp.exe", "gnp.exe"),
            (".htaccess", "htaccess"),
            ("..", "file"),
            (None, "file"),
            ('a"<b>.png', "a__b_.png"),
            ("x" * 500 + ".png", "x" * 90 + ".png"),
        ):
            self.assertEqual(tools.safe_name(name), safe)

    def test_counts_and_total(self):
        one = ("a.txt", b"x")
        with self.assertRaises(tools.FileRefusedError) as caught:
            tools.check_files([one] * 6)
        self.assertEqual(caught.exception.code, "count")
        with self.assertRaises(tools.FileRefusedError) as caught:
            tools.check_files([("a.txt", b"x" * (9 * 2**20))] * 3)
        self.assertEqual(caught.exception.code, "total")

    def test_other_limits(self):
        limits = tools.FileLimits(files=2, file_bytes=40 * 2**20)
        self.assertEqual(limits.total_bytes, 40 * 2**20)
        self.assertEqual(tools.FileLimits(files=0).total_bytes, 0)
        large = ("a.txt", b"x" * (30 * 2**20))
        self.assertEqual(len(tools.check_files([large], limits)), 1)
        for files, code in (([large] * 2, "total"), ([("a.txt", b"x")] * 3, "count")):
            with self.assertRaises(tools.FileRefusedError) as caught:
                tools.check_files(files, limits)
            self.assertEqual(caught.exception.code, code)
        with self.assertRaises(tools.FileRefusedError) as caught:
            tools.check_file("a.txt", b"xx", tools.FileLimits(1, 1))
        self.assertEqual(caught.exception.code, "size")

    def test_texts(self):
        for value in (None, 5, [], {}, b"x", object()):
            self.assertEqual(tools.clean_text(value, 10), "")
        self.assertEqual(tools.clean_text(" a\x00b\r\nc\x1b ", 10), "ab\nc")
        self.assertEqual(tools.clean_text("x" * 100, 10), "x" * 10)
        self.assertEqual(tools.clean_text("a\ud800b", 10), "a?b")
        self.assertEqual(tools.clean_line("a \n\t b", 10), "a b")
