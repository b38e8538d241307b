// Ming's host and client as they were meant, by pion and gorilla/websocket:
//
//	pion join URL ID SERVICE MESSAGES CHANNELS
//	    so many channels to an echo at once, so many messages of 1 to 65,536
//	    bytes by each, compared; never registers
//	pion udp URL ID COUNT   datagrams, by one channel as Ming's client has it
//	pion mill URL ID BYTES  so many each way by a channel to "mill" (mill.py), in
//	    messages of 1 to 65,536 bytes, compared by SHA-256
//	pion drop URL ID TIMES  channels that are closed while bytes pour in, and a small
//	    mill after each
//	pion take URL ID        all that "pour" gives, by one channel
//	pion host URL ID [BYTES]
//	    answers who calls; a channel for "mill" is one, "pour" gives so many bytes,
//	    what comes by others goes back
//
// Built by t/bench/rivals.sh; never part of the product.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

const patience = 40 * time.Second
const window = 1 << 20
const piece = 16384

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
	switch dc.Protocol() {
	case "mill":
		grind(dc)
	case "pour":
		dc.OnOpen(func() { go pour(dc) })
	default:
		dc.OnMessage(func(m webrtc.DataChannelMessage) { _ = dc.Send(m.Data) })
	}
}

func pour(dc *webrtc.DataChannel) {
	room := random(piece)
	push := pusher(dc)
	for left := number(os.Args[4]); left > 0; left -= piece {
		if !push(room) {
			return
		}
	}
	check(dc.GracefulClose())
}

// What sends a message when few bytes wait; false: nobody takes it.
func pusher(dc *webrtc.DataChannel) func([]byte) bool {
	low := make(chan struct{}, 1)
	dc.SetBufferedAmountLowThreshold(window / 2)
	dc.OnBufferedAmountLow(func() {
		select {
		case low <- struct{}{}:
		default:
		}
	})
	return func(data []byte) bool {
		for dc.BufferedAmount() > window {
			select {
			case <-low:
			case <-time.After(time.Second):
			}
			if dc.ReadyState() != webrtc.DataChannelStateOpen {
				return false
			}
		}
		return dc.Send(data) == nil
	}
}

// So many bytes in messages of all sizes; false: nobody takes them. None: for ever.
func give(dc *webrtc.DataChannel, count int, sum hash.Hash) bool {
	room, push := random(sizes[len(sizes)-1]), pusher(dc)
	for turn, left := 0, count; left > 0 || count == 0; turn++ {
		data := room[:sizes[turn%len(sizes)]]
		if count > 0 && len(data) > left {
			data = room[:left]
		}
		if !push(data) {
			return false
		}
		sum.Write(data)
		left -= len(data)
	}
	return true
}

// What mill.py does.
func grind(dc *webrtc.DataChannel) {
	count, left, head := 0, -1, []byte{}
	came, went := sha256.New(), sha256.New()
	dc.OnClose(func() { fmt.Println("mill is closed") })
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		data := m.Data
		if left < 0 {
			head = append(head, data...)
			end := bytes.IndexByte(head, '\n')
			if end < 0 {
				return
			}
			count = number(string(head[:end]))
			data, left = head[end+1:], count
		}
		came.Write(data)
		left -= len(data)
		if left == 0 {
			go func() {
				if give(dc, count, went) {
					check(dc.Send(went.Sum(came.Sum(nil))))
					check(dc.GracefulClose())
				}
			}()
		}
	})
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

// Takes count bytes and what mill.py says of them.
func mill(dc *webrtc.DataChannel, count int, done chan<- error) {
	came, went, end := sha256.New(), sha256.New(), []byte{}
	begun, turned, left := time.Now(), time.Time{}, count
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		data := m.Data
		if left == count {
			turned = time.Now()
		}
		n := min(left, len(data))
		came.Write(data[:n])
		left -= n
		end = append(end, data[n:]...)
		if len(end) < 2*sha256.Size {
			return
		}
		if !bytes.Equal(end, came.Sum(went.Sum(nil))) {
			done <- fmt.Errorf("the sums are others")
			return
		}
		fmt.Printf("%d bytes, %.1f s up, %.1f s down\n", count,
			turned.Sub(begun).Seconds(), time.Since(turned).Seconds())
		done <- nil
	})
	dc.OnOpen(func() {
		check(dc.Send([]byte(fmt.Sprintf("%d\n", count))))
		go give(dc, count, went)
	})
}

// Closed while bytes pour in; over when the other side has closed it too.
func drop(dc *webrtc.DataChannel, done chan<- error) {
	got, once := 0, sync.Once{}
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		if got += len(m.Data); got > 300_000 {
			once.Do(func() { go func() { check(dc.Close()) }() })
		}
	})
	dc.OnClose(func() { done <- nil })
	dc.OnOpen(func() { check(dc.Send([]byte("0\n"))) })
}

func take(dc *webrtc.DataChannel, done chan<- error) {
	got := 0
	dc.OnMessage(func(m webrtc.DataChannelMessage) { got += len(m.Data) })
	dc.OnClose(func() {
		fmt.Println(got, "bytes")
		done <- nil
	})
}

func drops(pc *webrtc.PeerConnection, times int, done chan<- error) {
	for i := 0; i < times; i++ {
		dropped, well := make(chan error), make(chan error)
		drop(open(pc, "mill"), dropped)
		check(<-dropped)
		mill(open(pc, "mill"), 10_000, well)
		check(<-well)
	}
	done <- nil
}

func open(pc *webrtc.PeerConnection, protocol string) *webrtc.DataChannel {
	dc, err := pc.CreateDataChannel("tunnel-tcp",
		&webrtc.DataChannelInit{Protocol: &protocol})
	check(err)
	return dc
}

func meet(url, id string, begin func(pc *webrtc.PeerConnection) (int, chan error)) {
	l := dial(url, hex.EncodeToString(random(16)))
	pc := connection(l, id)
	n, done := begin(pc)
	go hear(l, pc)
	offer, err := pc.CreateOffer(nil)
	check(err)
	check(pc.SetLocalDescription(offer)) // candidates may come before the offer
	l.say("offer", id, described{offer})
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

func join(a []string) {
	n, done := number(a[4]), make(chan error)
	meet(a[0], a[1], func(pc *webrtc.PeerConnection) (int, chan error) {
		for i := 0; i < n; i++ {
			converse(open(pc, a[2]), number(a[3]), done)
		}
		return n, done
	})
	fmt.Println("joined well")
}

func udp(a []string) {
	done, ordered, times := make(chan error), false, uint16(0)
	meet(a[0], a[1], func(pc *webrtc.PeerConnection) (int, chan error) {
		dc, err := pc.CreateDataChannel("tunnel-udp",
			&webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &times})
		check(err)
		datagrams(dc, number(a[2]), done)
		return 1, done
	})
	fmt.Println("datagrams well")
}

func main() {
	done := make(chan error)
	switch a := os.Args[2:]; os.Args[1] {
	case "host":
		host(a[0], a[1])
	case "join":
		join(a)
	case "udp":
		udp(a)
	case "mill":
		meet(a[0], a[1], func(pc *webrtc.PeerConnection) (int, chan error) {
			mill(open(pc, "mill"), number(a[2]), done)
			return 1, done
		})
		fmt.Println("mill well")
	case "take":
		meet(a[0], a[1], func(pc *webrtc.PeerConnection) (int, chan error) {
			take(open(pc, "pour"), done)
			return 1, done
		})
		fmt.Println("take well")
	case "drop":
		meet(a[0], a[1], func(pc *webrtc.PeerConnection) (int, chan error) {
			yes, id := true, uint16(1023) // an offer needs one
			_, err := pc.CreateDataChannel("tunnel",
				&webrtc.DataChannelInit{Negotiated: &yes, ID: &id})
			check(err)
			go drops(pc, number(a[2]), done)
			return 1, done
		})
		fmt.Println("drop well")
	}
}
