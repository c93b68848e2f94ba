"""What programs with the Python clients do: kubernetes, lightkube and kr8s.

Prints a line for each check: `ok NAME`, `not ok NAME: REASON` or `skip NAME: REASON`.

Arguments: a kubeconfig, a context, and `kubelet` where pods come to run.
"""

import asyncio
import os
import sys
import threading
import time
import traceback

SECONDS = 60
KUBECONFIG, CONTEXT = sys.argv[1], sys.argv[2]
HAS_KUBELET = "kubelet" in sys.argv[3:]
os.environ["KUBECONFIG"] = KUBECONFIG


def expect(holds, found):
    if not holds:
        raise AssertionError(f"found {found!r}")


def check(name, function, needs_kubelet=False):
    if needs_kubelet and not HAS_KUBELET:
        print(f"skip {name}: no kubelet", flush=True)
        return
    try:
        result = function()
        if asyncio.iscoroutine(result):
            asyncio.run(asyncio.wait_for(result, SECONDS))
        print(f"ok {name}", flush=True)
    except BaseException as failure:  # a check may end in any way
        if os.environ.get("PEER_TRACE"):
            traceback.print_exc()
        text = " ".join(f"{type(failure).__name__} {failure}".split())
        print(f"not ok {name}: {text[:300]}", flush=True)


def until(function, what):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = function()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {what} after {SECONDS} s")


def pod_of(name, image="curlimages/curl:8.16.0", command=("/bin/sleep", "infinity")):
    container = {"name": "c", "image": image}
    if command:
        container["command"] = list(command)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [container]},
    }


HELLO = "docker.io/istio/examples-helloworld-v1"


# The official client ------------------------------------------------------------------------------------------


def official():
    from kubernetes import client, config, dynamic, stream, utils, watch

    config.load_kube_config(KUBECONFIG, context=CONTEXT)
    core = client.CoreV1Api()
    namespace = "python-peer"

    def gone(name):
        try:
            core.read_namespace(name)
            return False
        except client.ApiException as refused:
            return refused.status == 404

    def begin():
        try:
            core.delete_namespace(namespace)
        except client.ApiException as refused:
            expect(refused.status == 404, refused.status)
        until(lambda: gone(namespace), "end of the namespace")
        core.create_namespace({"metadata": {"name": namespace}})
        until(lambda: core.list_namespaced_service_account(namespace).items, "account")

    def body(name, **data):
        return {"metadata": {"name": name, "labels": {"app": "peer"}}, "data": data or {"key": "1"}}

    def objects():
        core.create_namespaced_config_map(namespace, body("crud"))
        expect(core.read_namespaced_config_map("crud", namespace).data == {"key": "1"}, "other data")
        core.replace_namespaced_config_map("crud", namespace, body("crud", key="2"))
        core.patch_namespaced_config_map("crud", namespace, {"data": {"more": "3"}})
        found = core.list_namespaced_config_map(namespace, label_selector="app=peer").items
        expect([each.data for each in found] == [{"key": "2", "more": "3"}], found)
        core.delete_namespaced_config_map("crud", namespace)
        try:
            core.read_namespaced_config_map("crud", namespace)
            expect(False, "the object")
        except client.ApiException as refused:
            expect(refused.status == 404, refused.status)

    def pages():
        for index in range(5):
            core.create_namespaced_config_map(namespace, body(f"page-{index}"))
        found, token = 0, None
        while True:
            page = core.list_namespaced_config_map(namespace, label_selector="app=peer", limit=2, _continue=token)
            expect(len(page.items) <= 2, len(page.items))
            found += len(page.items)
            token = page.metadata._continue
            if not token:
                break
        expect(found == 5, found)

    def watched():
        version = core.list_namespaced_config_map(namespace).metadata.resource_version
        events = []

        def listen():
            for event in watch.Watch().stream(
                core.list_namespaced_config_map, namespace, resource_version=version, timeout_seconds=30
            ):
                if event["object"].metadata.name == "watched":
                    events.append(event["type"])
                if events and events[-1] == "DELETED":
                    break

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        core.create_namespaced_config_map(namespace, body("watched"))
        core.patch_namespaced_config_map("watched", namespace, {"data": {"key": "2"}})
        core.delete_namespaced_config_map("watched", namespace)
        listener.join(SECONDS)
        expect(events == ["ADDED", "MODIFIED", "DELETED"], events)

    def applied():
        api = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
        document = {"apiVersion": "v1", "kind": "ConfigMap", **body("applied")}
        made = api.server_side_apply(document, namespace=namespace, field_manager="python-peer")
        expect(made.metadata.managedFields[0].operation == "Apply", made.metadata.managedFields)

    def from_files():
        utils.create_from_dict(
            client.ApiClient(),
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "sleeper"},
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": {"app": "sleeper"}},
                    "template": {
                        "metadata": {"labels": {"app": "sleeper"}},
                        "spec": {"containers": pod_of("x")["spec"]["containers"]},
                    },
                },
            },
            namespace=namespace,
        )
        apps = client.AppsV1Api()
        apps.patch_namespaced_deployment_scale("sleeper", namespace, {"spec": {"replicas": 2}})
        pods = lambda: core.list_namespaced_pod(namespace, label_selector="app=sleeper").items
        until(lambda: len(pods()) == 2, "two pods")

    def running(name):
        return until(
            lambda: core.read_namespaced_pod(name, namespace).status.phase == "Running", "running pod"
        )

    def executed():
        core.create_namespaced_pod(namespace, pod_of("shell"))
        running("shell")
        output = stream.stream(
            core.connect_get_namespaced_pod_exec,
            "shell",
            namespace,
            command=["/bin/echo", "hello"],
            stdout=True,
            stderr=True,
            stdin=False,
            tty=False,
        )
        expect(output == "hello\n", output)

    def logged():
        core.create_namespaced_pod(namespace, pod_of("hello", HELLO, None))
        running("hello")
        expect(isinstance(core.read_namespaced_pod_log("hello", namespace), str), "no log")

    def forwarded():
        forward = stream.portforward(
            core.connect_get_namespaced_pod_portforward, "hello", namespace, ports="5000"
        )
        http = forward.socket(5000)
        http.setblocking(True)
        http.sendall(b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := http.recv(4096):
            answer += chunk
        expect(b"Hello version: v1" in answer, answer)

    check("kubernetes: namespace", begin)
    check("kubernetes: create, read, update, delete", objects)
    check("kubernetes: pages", pages)
    check("kubernetes: watch", watched)
    check("kubernetes: server-side apply", applied)
    check("kubernetes: deployment and scale", from_files)
    check("kubernetes: exec", executed, needs_kubelet=True)
    check("kubernetes: logs", logged, needs_kubelet=True)
    check("kubernetes: port-forward", forwarded, needs_kubelet=True)
    check("kubernetes: delete the namespace", lambda: core.delete_namespace(namespace))


# lightkube ----------------------------------------------------------------------------------------------------


def light():
    import lightkube
    from lightkube.core.exceptions import ApiError
    from lightkube.generic_resource import create_namespaced_resource
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap, Namespace

    namespace = "lightkube-peer"
    config = lightkube.KubeConfig.from_file(KUBECONFIG).get(CONTEXT)
    client = lightkube.Client(config=config, namespace=namespace, field_manager="lightkube-peer")

    def gone():
        try:
            client.get(Namespace, namespace)
            return False
        except ApiError as refused:
            return refused.status.code == 404

    def begin():
        try:
            client.delete(Namespace, namespace)
        except ApiError as refused:
            expect(refused.status.code == 404, refused.status)
        until(gone, "end of the namespace")
        client.create(Namespace(metadata=ObjectMeta(name=namespace)))

    def body(name, **data):
        return ConfigMap(
            apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name=name), data=data or {"key": "1"}
        )

    def objects():
        client.create(body("crud"))
        client.patch(ConfigMap, "crud", {"data": {"more": "2"}})
        expect(client.get(ConfigMap, "crud").data == {"key": "1", "more": "2"}, "other data")
        client.delete(ConfigMap, "crud")

    def applied():
        client.apply(body("applied"))
        client.apply(body("applied", key="2"))
        expect(client.get(ConfigMap, "applied").data == {"key": "2"}, "other data")

    def watched():
        client.create(body("watched"))
        for action, found in client.watch(ConfigMap, fields={"metadata.name": "watched"}):
            expect((action, found.metadata.name) == ("ADDED", "watched"), (action, found))
            break

    def events():
        client.wait(Namespace, namespace, for_conditions=[]) if False else None
        listed = list(client.list(ConfigMap, chunk_size=1))
        expect(len(listed) >= 2, listed)

    check("lightkube: namespace", begin)
    check("lightkube: create, patch, read, delete", objects)
    check("lightkube: server-side apply", applied)
    check("lightkube: watch", watched)
    check("lightkube: pages", events)
    check("lightkube: delete the namespace", lambda: client.delete(Namespace, namespace))


# kr8s ---------------------------------------------------------------------------------------------------------


def asynchronous():
    import httpx
    import kr8s.asyncio
    from kr8s.asyncio.objects import ConfigMap, Namespace, Pod

    namespace = "kr8s-peer"

    async def connect():
        return await kr8s.asyncio.api(kubeconfig=KUBECONFIG, context=CONTEXT, namespace=namespace)

    async def begin():
        api = await connect()
        old = await Namespace(namespace, api=api)
        if await old.exists():
            await old.delete()
            await old.wait("delete")
        await (await Namespace(namespace, api=api)).create()

    async def objects():
        api = await connect()
        resource = {"metadata": {"name": "crud", "namespace": namespace}, "data": {"key": "1"}}
        made = await ConfigMap(resource, api=api)
        await made.create()
        await made.patch({"data": {"more": "2"}})
        await made.label(app="peer")
        found = [each async for each in api.get("configmaps", namespace=namespace, label_selector="app=peer")]
        expect([each.raw["data"] for each in found] == [{"key": "1", "more": "2"}], found)
        await made.delete()

    async def watched():
        api = await connect()
        made = await ConfigMap({"metadata": {"name": "watched", "namespace": namespace}}, api=api)
        await made.create()
        async for action, found in api.watch("configmaps", namespace=namespace):
            if found.name == "watched":
                expect(action == "ADDED", action)
                return

    async def running(api, name, image, command):
        resource = pod_of(name, image, command)
        resource["metadata"]["namespace"] = namespace
        pod = await Pod(resource, api=api)
        await pod.create()
        await pod.wait("condition=Ready")
        return pod

    async def executed():
        pod = await running(await connect(), "shell", "curlimages/curl:8.16.0", ("/bin/sleep", "infinity"))
        result = await pod.exec(["/bin/echo", "hello"])
        expect(result.stdout == b"hello\n", result)

    async def forwarded():
        pod = await running(await connect(), "hello", HELLO, None)
        async with pod.portforward(remote_port=5000, local_port="auto") as port:
            async with httpx.AsyncClient() as http:
                answer = await http.get(f"http://127.0.0.1:{port}/hello")
        expect(answer.text.startswith("Hello version: v1"), answer.text)

    async def end():
        api = await connect()
        await (await Namespace(namespace, api=api)).delete()

    check("kr8s: namespace", begin)
    check("kr8s: create, patch, list, delete", objects)
    check("kr8s: watch", watched)
    check("kr8s: exec", executed, needs_kubelet=True)
    check("kr8s: port-forward", forwarded, needs_kubelet=True)
    check("kr8s: delete the namespace", end)


# A client that needs functions of ours may fail when it is made: that is one failure, and not of the others.
for name, suite in (("kubernetes", official), ("lightkube", light), ("kr8s", asynchronous)):
    try:
        suite()
    except BaseException as failure:
        print(f"not ok {name}: {type(failure).__name__} {failure}"[:300], flush=True)
