# SPDX-License-Identifier: Apache-2.0
# contract/exposure/vectors.py - heads that two readers could read in two ways
DIAL = b'{"PhoneNumber":"+4930123456486"}'
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /api/v1/calls HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
LEN = b"Content-Length: %d\r\n" % len(DIAL)
TAIL = b"\r\n" + DIAL


def chunked(data):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


# Behind each one comes an honest dial: whoever reads it as a request of its
# own, or the body of the first one as a dial, was fooled.
VECTORS = {
    "two Hosts": POST + HOST + HOST + JSON + LEN + TAIL,
    "a second Host of evil": POST + HOST + b"Host: evil\r\n" + JSON + LEN + TAIL,
    "no Host": POST + JSON + LEN + TAIL,
    "no Host in HTTP/1.0":
        b"POST /api/v1/calls HTTP/1.0\r\n" + JSON + LEN + TAIL,
    "an empty Host": POST + b"Host:\r\n" + JSON + LEN + TAIL,
    "two Content-Lengths": POST + HOST + JSON + LEN + LEN + TAIL,
    "Content-Lengths that differ":
        POST + HOST + JSON + b"Content-Length: 0\r\n" + LEN + TAIL,
    "a list of Content-Lengths":
        POST + HOST + JSON + b"Content-Length: 32, 32\r\n" + TAIL,
    "a signed Content-Length":
        POST + HOST + JSON + b"Content-Length: +32\r\n" + TAIL,
    "a hexadecimal Content-Length":
        POST + HOST + JSON + b"Content-Length: 0x20\r\n" + TAIL,
    "a Content-Length beyond 64 bits":
        POST + HOST + JSON + b"Content-Length: 18446744073709551648\r\n" + TAIL,
    "chunked": POST + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\n" +
        chunked(DIAL),
    "Content-Length and chunked": POST + HOST + JSON + LEN +
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(DIAL),
    "chunked and Content-Length": POST + HOST + JSON +
        b"Transfer-Encoding: chunked\r\n" + LEN + b"\r\n" + chunked(DIAL),
    "an unknown Transfer-Encoding": POST + HOST + JSON + LEN +
        b"Transfer-Encoding: identity\r\n" + TAIL,
    "Transfer-Encoding with a blank": POST + HOST + JSON + LEN +
        b"Transfer-Encoding : chunked\r\n\r\n" + chunked(DIAL),
    "Transfer-Encoding with a tab": POST + HOST + JSON + LEN +
        b"Transfer-Encoding:\tchunked\r\n\r\n" + chunked(DIAL),
    "Transfer-Encoding with a vertical tab": POST + HOST + JSON + LEN +
        b"Transfer-Encoding:\x0bchunked\r\n\r\n" + chunked(DIAL),
    "Transfer-Encoding behind a NUL": POST + HOST + JSON + LEN +
        b"X: a\0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(DIAL),
    "Transfer-Encoding in a folded line": POST + HOST + JSON + LEN +
        b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n" + chunked(DIAL),
    "two Origins": POST + HOST + JSON + LEN +
        b"Origin: http://localhost\r\nOrigin: https://evil\r\n" + TAIL,
    "two Content-Types": POST + HOST + JSON + LEN +
        b"Content-Type: text/plain\r\n" + TAIL,
    "two tokens": POST + HOST + JSON + LEN +
        b"X-CTI-Token: a\r\nX-CTI-Token: b\r\n" + TAIL,
    "two keys": POST + HOST + JSON + LEN +
        b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n" + TAIL,
    "a NUL in a value": POST + HOST + JSON + LEN + b"X: a\0b\r\n" + TAIL,
    "NULs that end a value": POST + HOST + JSON + LEN + b"X: a\0\0\0\0\r\n" +
        TAIL,
    "a NUL in Host": POST + b"Host: localhost\0.evil\r\n" + JSON + LEN + TAIL,
    "a NUL in a name": POST + HOST + JSON + LEN + b"X\0: a\r\n" + TAIL,
    "a NUL in the path":
        b"POST /api/v1/calls\0/x HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a NUL behind the method":
        b"POST\0 /api/v1/calls HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a percent-NUL in the path":
        b"POST /api/v1/calls%00 HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a percent-NUL in the query":
        b"POST /api/v1/calls?agent=%00 HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a control byte in the path":
        b"POST /api/v1/calls\x01 HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a byte over 126 in the path":
        b"POST /api/v1/calls\xff HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a control byte in a value": POST + HOST + JSON + LEN + b"X: \x08\r\n" +
        TAIL,
    "lines that end with LF alone":
        (POST + HOST + JSON + LEN).replace(b"\r\n", b"\n") + b"\n" + DIAL,
    "one line that ends with LF alone":
        POST + HOST + JSON + LEN.replace(b"\r\n", b"\n") + TAIL,
    "a head that ends with LF alone": POST + HOST + JSON + LEN + b"\n" + DIAL,
    "a line that ends with CR alone": POST + b"Host: localhost\r" + JSON +
        LEN + TAIL,
    "a folded line": POST + b"Host: localhost\r\n .evil\r\n" + JSON + LEN + TAIL,
    "a blank before the first name":
        POST + b" " + HOST + JSON + LEN + TAIL,
    "a blank before a colon": POST + b"Host : localhost\r\n" + JSON + LEN + TAIL,
    "a line without a colon": POST + HOST + b"odd\r\n" + JSON + LEN + TAIL,
    "a name that is none": POST + HOST + b"X[0]: a\r\n" + JSON + LEN + TAIL,
    "an absolute target": b"POST http://localhost/api/v1/calls HTTP/1.1\r\n" +
        HOST + JSON + LEN + TAIL,
    "a target without a slash":
        b"POST api/v1/calls HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "HTTP/0.9": b"POST /api/v1/calls\r\n" + TAIL,
    "HTTP/1.2": b"POST /api/v1/calls HTTP/1.2\r\n" + HOST + JSON + LEN + TAIL,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two blanks": b"POST  /api/v1/calls HTTP/1.1\r\n" + HOST + JSON + LEN + TAIL,
    "a blank behind the version":
        b"POST /api/v1/calls HTTP/1.1 \r\n" + HOST + JSON + LEN + TAIL,
    "a Host of a rebound name": POST + b"Host: evil.example\r\n" + JSON + LEN +
        b"Connection: close\r\n" + TAIL,
    "a STUN message": bytes.fromhex("000100002112a442") + b"0123456789ab",
    "a TLS hello": bytes.fromhex("16030100050100000103"),
    "a SOCKS greeting": bytes.fromhex("050100"),
}
HONEST = POST + HOST + JSON + LEN + TAIL
