"""Acts on abandoned carts: reads the engine's stream, takes each trigger once, takes back what is retracted, goes on after a break."""
import json, os, sys, time, urllib.request

URL = sys.argv[1] + "/api/v1/stream?kinds=trigger"
count = int(sys.argv[2]) if len(sys.argv) > 2 else None
seen, last_id = set(), None  # a shop keeps both where they outlive the program

while count is None or len(seen) < count:
    try:
        request = urllib.request.Request(URL, headers={"Last-Event-ID": last_id} if last_id else {})
        request.add_header("Authorization", "Bearer " + os.environ.get("STREAMSEGMENTER_TOKEN", ""))
        for line in urllib.request.urlopen(request, timeout=30):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                last_id = value
            elif name == "data" and "triggerId" in value:
                trigger = json.loads(value)
                if (trigger["triggerId"], trigger["kind"]) not in seen:
                    seen.add((trigger["triggerId"], trigger["kind"]))
                    print({"emitted": "write to", "retracted": "do not write to", "recovered": "thank"}[trigger["kind"]], trigger["customerId"], flush=True)
                if count is not None and len(seen) >= count:
                    break
    except OSError as trouble:  # the engine is away, or restarts
        print(f"again in 2 s: {trouble}", file=sys.stderr)
        time.sleep(2)
