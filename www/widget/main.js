// SPDX-License-Identifier: Apache-2.0
// main.js - the widget's start: the page and what it is told

import { bannerStart, linkShow, pillShow } from './banner.js';
import { callAdopt, callChange, callRepeated, callsReplace, isCallsBusy,
	timersTick } from './cards.js';
import { dialStart, isDialing } from './dial.js';
import { clickShow, isNoticed, refusalShow } from './notices.js';
import { padStart } from './pad.js';
import { at, dress } from './page.js';
import { aloneShow, strangerShow } from './panels.js';
import { connect } from './tab.js';
import { todayAdd, todayAsk, todayStart, todayTick } from './today.js';
import { framed, isTrusted } from './trust.js';
import { twiceStart } from './twice.js';
import { wordsLoad } from './words.js';

function onClick(news) {
	clickShow(news);
	if (news.phase === 'done')
		callAdopt(news.call);
	if (news.phase === 'repeated')
		callRepeated(news.call);
}

function onCall(call, event) {
	callChange(call, event);
	todayAdd(call);
}

function onState(list) {
	callsReplace(list);
	todayAsk();
}

function tick() {
	timersTick();
	todayTick();
}

function start() {
	at('phone').hidden = false;
	pillShow('connecting');
	twiceStart();
	padStart();
	bannerStart();
	dialStart();
	todayStart();
	connect({
		onLink: linkShow,
		onState,
		onCall,
		onRefusal: refusalShow,
		onClick,
		onReload: () => !isNoticed() && !isDialing() && !isCallsBusy(),
	});
	setInterval(tick, 1000);
}

at('still').hidden = true; // a sandbox without this script leaves it there
await wordsLoad();
dress(document);
if (!framed)
	aloneShow();
else if (isTrusted())
	start();
else
	strangerShow();
