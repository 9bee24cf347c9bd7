// SPDX-License-Identifier: Apache-2.0
// express/server.js - the yardstick: the same dials, nothing stored
import { randomUUID } from "node:crypto";
import express from "express";

const app = express();
const calls = new Map();
const filler = /[\s\-./()]/g;

app.disable("x-powered-by");
app.use(express.json({ limit: 8192 }));

function problem(res, status, code, detail) {
	res.status(status).type("application/problem+json");
	res.send(JSON.stringify({ status, code, detail }));
}

/* The same keys as patchcord's call, so that the answers are of one size. */
function newCall(body, number) {
	const id = randomUUID().replaceAll("-", "").toUpperCase();

	return {
		id,
		original_id: id,
		direction: "outbound",
		kind: "customer",
		state: "queued",
		cause: null,
		cause_detail: null,
		agent: body.LoggedInUserID ?? null,
		device: null,
		number,
		number_raw: body.PhoneNumber,
		dialed: "00" + number.slice(1),
		name: null,
		withheld: false,
		dnis: null,
		bp: body.BusinessPartnerID ?? null,
		serial: null,
		ticket: null,
		custom: {},
		subject: null,
		text: null,
		recording_id: null,
		muted: false,
		activity_uuid: body.ActivityUUID ?? null,
		crm: body,
		redial_of: null,
		driver: "simulator",
		ref: null,
		created_at: new Date().toISOString(),
		ringing_at: null,
		answered_at: null,
		ended_at: null,
		duration_ms: null,
		controls: ["hangup"],
	};
}

app.post("/api/v1/calls", (req, res) => {
	const raw = req.body?.PhoneNumber;

	if (typeof raw !== "string")
		return problem(res, 400, "bad_json", "no PhoneNumber");
	const number = raw.replace(filler, "");
	if (!/^\+[0-9]{3,15}$/.test(number))
		return problem(res, 422, "bad_number", "not a number");
	const known = calls.get(req.body.ActivityUUID);
	if (known)
		return res.status(200).json(known);
	const call = newCall(req.body, number);
	calls.set(req.body.ActivityUUID, call);
	res.status(201).location("/api/v1/calls/" + call.id).json(call);
});

app.get("/count", (req, res) => {
	res.json({ calls: calls.size });
});

const server = app.listen(0, "127.0.0.1", () => {
	console.log(server.address().port);
});
