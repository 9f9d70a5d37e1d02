// SPDX-License-Identifier: MIT
// The package `coap` as a client: node peer.js PORT asks for everything and prints what it got, as
// JSON. tests/coap/interop_test.py installs the package beside a copy of this file.
'use strict';

const coap = require('coap');

const port = Number(process.argv[2]);
const ask = (options, payload) => new Promise((resolve, reject) => {
    const request = coap.request({host: '127.0.0.1', port, ...options});
    request.on('response', resolve);
    request.on('error', reject);
    request.end(payload);
});
const whole = async (options, payload) => {
    const response = await ask(options, payload);
    return {code: response.code, payload: response.payload.toString()};
};
const upload = (text) => new Promise((resolve, reject) => {
    const request = coap.request({host: '127.0.0.1', port, method: 'PUT', pathname: '/upload'});
    request.setOption('Block1', Buffer.from([0x02]));
    request.on('response', (response) =>
        resolve({code: response.code, payload: response.payload.toString()}));
    request.on('error', reject);
    request.end(text);
});
const observe = async (changes) => {
    const response = await ask({pathname: '/counter', observe: true});
    const values = [];
    const done = new Promise((resolve) => response.on('data', (data) => {
        values.push(Number(data.toString()));
        if (values.length > changes) {
            resolve();
        }
    }));
    for (let i = 0; i < changes; ++i) {
        await whole({method: 'POST', pathname: '/counter'});
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await done;
    response.close();
    return values;
};

(async () => {
    const text = 'upload '.repeat(200);
    const results = {
        echo: await whole({method: 'POST', pathname: '/echo'}, 'hello'),
        unconfirmed: await whole({method: 'POST', pathname: '/echo', confirmable: false}, 'non'),
        missing: await whole({pathname: '/missing'}),
        big: await whole({pathname: '/big'}),
        slow: await whole({pathname: '/slow'}),
        upload: await upload(text),
        observe: await observe(7),
    };
    console.log(JSON.stringify(results));
    process.exit(0);
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
