// Ming's host and client as they were meant, by pion and gorilla/websocket:
//
//	pion join URL ID SERVICE MESSAGES CHANNELS
//	    so many channels to an echo at once, so many messages of 1 to 65,536
//	    bytes by each, compared; never registers
//	pion udp URL ID COUNT   datagrams, by one channel as Ming's client has it
//	pion host URL ID        answers who calls, and echoes what comes by channels
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

const patience = 40 * time.Second

var sizes = []int{1, 2, 100, 1199, 1200, 1201, 16384, 32768, 65535, 65536}

type message struct {
	Type     string          `json:"type"`
	Payload  json.RawMessage `json:"payload"`
	TargetID string          `json:"target_id,omitempty"`
	SenderID string          `json:"sender_id,omitempty"`
}

type described struct {
	SDP webrtc.SessionDescription `json:"sdp"`
}

type candidate struct {
	Candidate webrtc.ICECandidateInit `json:"candidate"`
}

type line struct {
	ws  *websocket.Conn
	own string
	mu  sync.Mutex
}

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func (l *line) say(what, to string, payload any) {
	text, err := json.Marshal(payload)
	check(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	check(l.ws.WriteJSON(message{what, text, to, l.own}))
}

func dial(url, own string) *line {
	ws, _, err := websocket.DefaultDialer.Dial(url, nil)
	check(err)
	return &line{ws: ws, own: own}
}

func connection(l *line, to string) *webrtc.PeerConnection {
	engine := webrtc.SettingEngine{}
	engine.SetIncludeLoopbackCandidate(true)
	api := webrtc.NewAPI(webrtc.WithSettingEngine(engine))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	check(err)
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			l.say("candidate", to, candidate{c.ToJSON()})
		}
	})
	return pc
}

// ---- host ----

func echo(dc *webrtc.DataChannel) {
	fmt.Println("channel", dc.Label(), dc.Protocol(), dc.Ordered())
	dc.OnMessage(func(m webrtc.DataChannelMessage) { _ = dc.Send(m.Data) })
}

func host(url, id string) {
	l, peers := dial(url, id), map[string]*webrtc.PeerConnection{}
	check(l.ws.WriteJSON(message{Type: "register-host", SenderID: id}))
	fmt.Println("ready")
	for {
		var m message
		check(l.ws.ReadJSON(&m))
		if m.Type == "offer" {
			var d described
			check(json.Unmarshal(m.Payload, &d))
			pc := connection(l, m.SenderID)
			peers[m.SenderID] = pc
			pc.OnDataChannel(echo)
			check(pc.SetRemoteDescription(d.SDP))
			answer, err := pc.CreateAnswer(nil)
			check(err)
			l.say("answer", m.SenderID, described{answer})
			check(pc.SetLocalDescription(answer))
		} else if pc := peers[m.SenderID]; m.Type == "candidate" && pc != nil {
			var c candidate
			check(json.Unmarshal(m.Payload, &c))
			check(pc.AddICECandidate(c.Candidate))
		}
	}
}

// ---- client ----

func hear(l *line, pc *webrtc.PeerConnection) {
	var early []webrtc.ICECandidateInit
	for {
		var m message
		if l.ws.ReadJSON(&m) != nil {
			return
		}
		switch m.Type {
		case "answer":
			var d described
			check(json.Unmarshal(m.Payload, &d))
			check(pc.SetRemoteDescription(d.SDP))
			for _, c := range early {
				check(pc.AddICECandidate(c))
			}
		case "candidate":
			var c candidate
			check(json.Unmarshal(m.Payload, &c))
			if pc.RemoteDescription() == nil {
				early = append(early, c.Candidate)
			} else {
				check(pc.AddICECandidate(c.Candidate))
			}
		case "error":
			fmt.Println("error:", string(m.Payload))
			os.Exit(1)
		}
	}
}

func random(n int) []byte {
	data := make([]byte, n)
	_, err := rand.Read(data)
	check(err)
	return data
}

// All bytes of an ordered channel, in their order.
func converse(dc *webrtc.DataChannel, messages int, done chan<- error) {
	var sent, got []byte
	finished := make(chan struct{})
	var all []byte
	for i := 0; i < messages; i++ {
		all = append(all, random(sizes[i%len(sizes)])...)
	}
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		got = append(got, m.Data...)
		if len(got) == len(all) {
			close(finished)
		}
	})
	dc.OnOpen(func() {
		rest := all
		for i := 0; i < messages; i++ {
			n := sizes[i%len(sizes)]
			sent, rest = rest[:n], rest[n:]
			for dc.BufferedAmount() > 1<<20 {
				time.Sleep(time.Millisecond)
			}
			check(dc.Send(sent))
		}
	})
	go func() {
		select {
		case <-finished:
			if !bytes.Equal(got, all) {
				done <- fmt.Errorf("what came back is something else")
			}
			done <- dc.Close()
		case <-time.After(patience):
			done <- fmt.Errorf("%d of %d bytes came back", len(got), len(all))
		}
	}()
}

// Each until it comes back.
func datagrams(dc *webrtc.DataChannel, count int, done chan<- error) {
	got := make(chan []byte, 1000)
	dc.OnMessage(func(m webrtc.DataChannelMessage) { got <- m.Data })
	dc.OnOpen(func() {
		for i := 0; i < count; i++ {
			data := random(1 + i*97%1400)
			check(dc.Send(data))
			for back := []byte(nil); !bytes.Equal(back, data); {
				select {
				case back = <-got:
				case <-time.After(time.Second):
					check(dc.Send(data))
				}
			}
		}
		done <- nil
	})
}

func meet(url, id string, begin func(pc *webrtc.PeerConnection) (int, chan error)) {
	l := dial(url, hex.EncodeToString(random(16)))
	pc := connection(l, id)
	n, done := begin(pc)
	go hear(l, pc)
	offer, err := pc.CreateOffer(nil)
	check(err)
	l.say("offer", id, described{offer})
	check(pc.SetLocalDescription(offer))
	for ; n > 0; n-- {
		check(<-done)
	}
	check(pc.Close())
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func main() {
	switch a := os.Args[1:]; a[0] {
	case "host":
		host(a[1], a[2])
	case "join":
		n, done := number(a[5]), make(chan error)
		meet(a[1], a[2], func(pc *webrtc.PeerConnection) (int, chan error) {
			for i := 0; i < n; i++ {
				protocol := a[3]
				dc, err := pc.CreateDataChannel("tunnel-tcp",
					&webrtc.DataChannelInit{Protocol: &protocol})
				check(err)
				converse(dc, number(a[4]), done)
			}
			return n, done
		})
		fmt.Println("joined well")
	case "udp":
		done, ordered, times := make(chan error), false, uint16(0)
		meet(a[1], a[2], func(pc *webrtc.PeerConnection) (int, chan error) {
			dc, err := pc.CreateDataChannel("tunnel-udp",
				&webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &times})
			check(err)
			datagrams(dc, number(a[3]), done)
			return 1, done
		})
		fmt.Println("datagrams well")
	}
}
