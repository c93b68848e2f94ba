package peer;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a program with fabric8's client does: reads, writes, watches, informers, streams. Prints a line for each
 * check: `ok NAME`, `not ok NAME: REASON` or `skip NAME: REASON`.
 *
 * <p>Arguments: a kubeconfig, a context, and `kubelet` where pods come to run.
 */
public final class Peer {
  private static final String NAMESPACE = "java-peer";
  private static final long SECONDS = 60;

  private interface Check {
    void run() throws Exception;
  }

  private final KubernetesClient client;
  private final boolean hasKubelet;

  private Peer(KubernetesClient client, boolean hasKubelet) {
    this.client = client;
    this.hasKubelet = hasKubelet;
  }

  public static void main(String[] arguments) throws Exception {
    System.setProperty("kubeconfig", arguments[0]);
    boolean hasKubelet = arguments.length > 2 && arguments[2].equals("kubelet");
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.autoConfigure(arguments[1]))
            .build()) {
      new Peer(client, hasKubelet).run();
    }
    System.exit(0);
  }

  private void run() {
    client.namespaces().withName(NAMESPACE).delete();
    client.namespaces().withName(NAMESPACE).waitUntilCondition(namespace -> namespace == null, SECONDS, TimeUnit.SECONDS);
    check("version", this::version);
    check("namespace", this::namespace);
    check("create, read, update, delete", this::objects);
    check("conflict", this::conflict);
    check("patches", this::patches);
    check("server-side apply", this::apply);
    check("pages", this::pages);
    check("watch", this::watch);
    check("informer", this::informer);
    check("custom resources", this::customResources);
    check("access review", this::accessReview);
    check("token of an account", this::token);
    check("dry run", this::dryRun);
    check("deployment and scale", this::deployment);
    withKubelet("exec", this::exec);
    withKubelet("logs", this::logs);
    withKubelet("port-forward", this::portForward);
    check("delete the namespace", this::deleteNamespace);
  }

  private void check(String name, Check check) {
    try {
      check.run();
      System.out.println("ok " + name);
    } catch (Throwable failure) {
      System.out.println("not ok " + name + ": " + oneLine(failure));
    }
  }

  private void withKubelet(String name, Check check) {
    if (hasKubelet) check(name, check);
    else System.out.println("skip " + name + ": no kubelet");
  }

  private static String oneLine(Throwable failure) {
    String text = failure.getClass().getSimpleName() + " " + failure.getMessage();
    Throwable cause = failure.getCause();
    if (cause != null) text += " (" + cause.getMessage() + ")";
    return text.replaceAll("\\s+", " ");
  }

  private static void expect(boolean holds, Object found) {
    if (!holds) throw new AssertionError("found " + found);
  }

  private static ConfigMap configMap(String name, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("app", "peer")
        .endMetadata()
        .addToData("key", value)
        .build();
  }

  private void version() {
    expect("1".equals(client.getKubernetesVersion().getMajor()), client.getKubernetesVersion());
  }

  private void namespace() {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    client
        .namespaces()
        .withName(NAMESPACE)
        .waitUntilCondition(
            namespace -> namespace != null && "Active".equals(namespace.getStatus().getPhase()), SECONDS, TimeUnit.SECONDS);
  }

  private void objects() {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    maps.resource(configMap("crud", "1")).create();
    expect("1".equals(maps.withName("crud").get().getData().get("key")), "another value");
    maps.withName("crud").edit(map -> new ConfigMapBuilder(map).addToData("more", "2").build());
    expect(maps.withName("crud").get().getData().size() == 2, maps.withName("crud").get().getData());
    expect(maps.withLabel("app", "peer").list().getItems().size() == 1, "another list");
    maps.withName("crud").delete();
    expect(maps.withName("crud").get() == null, "still there");
  }

  private void conflict() {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    ConfigMap old = maps.resource(configMap("conflict", "1")).create();
    maps.resource(new ConfigMapBuilder(old).addToData("key", "2").build()).update();
    try {
      maps.resource(new ConfigMapBuilder(old).addToData("key", "3").build()).update();
      throw new AssertionError("no conflict");
    } catch (KubernetesClientException refused) {
      expect(refused.getCode() == 409, refused.getCode());
    }
  }

  private void patches() {
    var map = client.configMaps().inNamespace(NAMESPACE).withName("patched");
    client.configMaps().inNamespace(NAMESPACE).resource(configMap("patched", "1")).create();
    map.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"merge\":\"1\"}}");
    map.patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"data\":{\"strategic\":\"1\"}}");
    map.patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/data/json\",\"value\":\"1\"}]");
    expect(map.get().getData().size() == 4, map.get().getData());
  }

  private void apply() {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    ConfigMap applied = maps.resource(configMap("applied", "1")).fieldManager("java-peer").serverSideApply();
    expect(
        applied.getMetadata().getManagedFields().stream()
            .anyMatch(entry -> "java-peer".equals(entry.getManager()) && "Apply".equals(entry.getOperation())),
        applied.getMetadata().getManagedFields());
    ConfigMap again =
        maps.resource(configMap("applied", "2")).fieldManager("java-peer").forceConflicts().serverSideApply();
    expect("2".equals(again.getData().get("key")), again.getData());
  }

  private void pages() {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    for (int index = 0; index < 5; index++) maps.resource(configMap("page-" + index, "1")).create();
    int found = 0;
    String next = null;
    do {
      ConfigMapList page =
          maps.withLabel("app", "peer").list(new ListOptionsBuilder().withLimit(2L).withContinue(next).build());
      expect(page.getItems().size() <= 2, page.getItems().size());
      found += page.getItems().size();
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    expect(found >= 5, found);
  }

  private void watch() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    var maps = client.configMaps().inNamespace(NAMESPACE);
    try (Watch watch =
        maps.withLabel("watched", "yes")
            .watch(
                new Watcher<ConfigMap>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap map) {
                    events.add(action + " " + map.getMetadata().getName());
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    events.add("closed " + cause);
                  }
                })) {
      ConfigMap map = configMap("watched", "1");
      map.getMetadata().getLabels().put("watched", "yes");
      maps.resource(map).create();
      expectNext(events, "ADDED watched");
      maps.withName("watched").edit(old -> new ConfigMapBuilder(old).addToData("key", "2").build());
      expectNext(events, "MODIFIED watched");
      maps.withName("watched").delete();
      expectNext(events, "DELETED watched");
    }
  }

  private static void expectNext(BlockingQueue<String> events, String expected) throws Exception {
    String event = events.poll(SECONDS, TimeUnit.SECONDS);
    expect(expected.equals(event), event);
  }

  private void informer() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    var maps = client.configMaps().inNamespace(NAMESPACE);
    ConfigMap first = configMap("informed", "1");
    first.getMetadata().getLabels().put("informed", "yes");
    maps.resource(first).create();
    try (SharedIndexInformer<ConfigMap> informer =
        maps.withLabel("informed", "yes")
            .inform(
                new ResourceEventHandler<ConfigMap>() {
                  @Override
                  public void onAdd(ConfigMap map) {
                    events.add("add " + map.getData().get("key"));
                  }

                  @Override
                  public void onUpdate(ConfigMap old, ConfigMap map) {
                    events.add("update " + map.getData().get("key"));
                  }

                  @Override
                  public void onDelete(ConfigMap map, boolean unknown) {
                    events.add("delete " + map.getData().get("key"));
                  }
                })) {
      expectNext(events, "add 1");
      expect(informer.hasSynced(), "not synced");
      maps.withName("informed").edit(old -> new ConfigMapBuilder(old).addToData("key", "2").build());
      expectNext(events, "update 2");
      expect(informer.getStore().list().size() == 1, informer.getStore().list());
      maps.withName("informed").delete();
      expectNext(events, "delete 2");
    }
  }

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: things.java-peer.example.com
      spec:
        group: java-peer.example.com
        scope: Namespaced
        names: {plural: things, singular: thing, kind: Thing}
        versions:
        - name: v1
          served: true
          storage: true
          subresources: {status: {}}
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, properties: {size: {type: integer, minimum: 1}}}
                status: {type: object, properties: {phase: {type: string}}}
      """;

  private static final String THING =
      """
      apiVersion: java-peer.example.com/v1
      kind: Thing
      metadata: {name: one}
      spec: {size: %s}
      """;

  private void customResources() throws Exception {
    CustomResourceDefinition definition = Serialization.unmarshal(DEFINITION, CustomResourceDefinition.class);
    client.resource(definition).delete();
    client.resource(definition).waitUntilCondition(found -> found == null, SECONDS, TimeUnit.SECONDS);
    client.resource(definition).create();
    try {
      client
          .resource(definition)
          .waitUntilCondition(
              found ->
                  found != null
                      && found.getStatus() != null
                      && found.getStatus().getConditions().stream()
                          .anyMatch(each -> each.getType().equals("Established") && each.getStatus().equals("True")),
              SECONDS,
              TimeUnit.SECONDS);
      var context =
          new ResourceDefinitionContext.Builder()
              .withGroup("java-peer.example.com")
              .withVersion("v1")
              .withKind("Thing")
              .withPlural("things")
              .withNamespaced(true)
              .build();
      var things = client.genericKubernetesResources(context).inNamespace(NAMESPACE);
      BlockingQueue<String> events = new LinkedBlockingQueue<>();
      try (var informer =
          things.inform(
              new ResourceEventHandler<GenericKubernetesResource>() {
                @Override
                public void onAdd(GenericKubernetesResource thing) {
                  events.add("add");
                }

                @Override
                public void onUpdate(GenericKubernetesResource old, GenericKubernetesResource thing) {
                  events.add("update");
                }

                @Override
                public void onDelete(GenericKubernetesResource thing, boolean unknown) {
                  events.add("delete");
                }
              })) {
        GenericKubernetesResource thing =
            Serialization.unmarshal(THING.formatted("1"), GenericKubernetesResource.class);
        GenericKubernetesResource made = createWhenServed(things.resource(thing)::create);
        expectNext(events, "add");
        made.setAdditionalProperty("status", Map.of("phase", "Ready"));
        GenericKubernetesResource updated = things.resource(made).updateStatus();
        expect("Ready".equals(((Map<?, ?>) updated.getAdditionalProperties().get("status")).get("phase")), updated);
        expectNext(events, "update");
        GenericKubernetesResource bad = Serialization.unmarshal(THING.formatted("0"), GenericKubernetesResource.class);
        bad.getMetadata().setName("bad");
        try {
          things.resource(bad).create();
          throw new AssertionError("the schema is not looked at");
        } catch (KubernetesClientException refused) {
          expect(refused.getCode() == 422, refused.getCode());
        }
        things.withName("one").delete();
        expectNext(events, "delete");
      }
    } finally {
      client.resource(definition).delete();
    }
  }

  /** An API server serves a new kind a moment after it has been established. */
  private static <T> T createWhenServed(java.util.function.Supplier<T> create) throws Exception {
    for (int attempt = 0; ; attempt++) {
      try {
        return create.get();
      } catch (KubernetesClientException refused) {
        if (refused.getCode() != 404 || attempt == 20) throw refused;
        Thread.sleep(250);
      }
    }
  }

  private void accessReview() {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb("create")
            .withResource("pods")
            .withNamespace(NAMESPACE)
            .endResourceAttributes()
            .endSpec()
            .build();
    expect(client.authorization().v1().selfSubjectAccessReview().create(review).getStatus().getAllowed(), "not allowed");
  }

  private void token() {
    client
        .resource(
            new ServiceAccountBuilder().withNewMetadata().withName("peer").withNamespace(NAMESPACE).endMetadata().build())
        .create();
    var request = client.serviceAccounts().inNamespace(NAMESPACE).withName("peer").tokenRequest();
    expect(request.getStatus().getToken().split("\\.").length == 3, "no token");
  }

  private void dryRun() {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    maps.resource(configMap("dry", "1")).dryRun(true).create();
    expect(maps.withName("dry").get() == null, "it is there");
  }

  private static final Map<String, String> LABELS = Map.of("app", "sleeper");

  private void deployment() {
    Deployment deployment =
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("sleeper")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .withReplicas(1)
            .withNewSelector()
            .withMatchLabels(LABELS)
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .withLabels(LABELS)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("curl")
            .withImage("curlimages/curl:8.16.0")
            .withCommand("/bin/sleep", "infinity")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(deployment).create();
    var sleeper = client.apps().deployments().inNamespace(NAMESPACE).withName("sleeper");
    if (hasKubelet) sleeper.waitUntilReady(SECONDS, TimeUnit.SECONDS);
    expect(sleeper.scale(2).getSpec().getReplicas() == 2, "another number");
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabels(LABELS)
        .informOnCondition(pods -> pods.size() == 2)
        .orTimeout(SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** Runs a server that says little: `curl` has none, so HelloWorld of Istio's samples it is. */
  private Pod server() {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("hello")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("helloworld")
            .withImage("docker.io/istio/examples-helloworld-v1")
            .endContainer()
            .endSpec()
            .build();
    if (client.pods().resource(pod).get() == null) client.resource(pod).create();
    return client.pods().resource(pod).waitUntilReady(SECONDS, TimeUnit.SECONDS);
  }

  private Pod sleeper() {
    return client.pods().inNamespace(NAMESPACE).withLabels(LABELS).list().getItems().stream()
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .findFirst()
        .orElseThrow();
  }

  private void exec() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch watch =
        client.pods().resource(sleeper()).writingOutput(output).exec("/bin/echo", "through", "the", "kubelet")) {
      expect(watch.exitCode().get(SECONDS, TimeUnit.SECONDS) == 0, "another exit code");
    }
    expect("through the kubelet\n".equals(output.toString(StandardCharsets.UTF_8)), output);
    try (ExecWatch watch =
        client.pods().resource(sleeper()).writingOutput(output).exec("/bin/sleep", "nonsense")) {
      expect(watch.exitCode().get(SECONDS, TimeUnit.SECONDS) != 0, "a success");
    }
  }

  private void logs() throws Exception {
    Pod pod = server();
    var resource = client.pods().resource(pod);
    expect(resource.getLog() != null, "no log");
    CompletableFuture<Void> opened = new CompletableFuture<>();
    try (var watch = resource.watchLog()) {
      InputStream stream = watch.getOutput();
      opened.complete(null);
      expect(stream != null, "no stream");
    }
  }

  private void portForward() throws Exception {
    Pod pod = server();
    try (LocalPortForward forward = client.pods().resource(pod).portForward(5000)) {
      URI uri = URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/hello");
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setReadTimeout((int) (SECONDS * 1000));
      expect(connection.getResponseCode() == 200, connection.getResponseCode());
      String body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      expect(body.startsWith("Hello version: v1"), body);
      List<Throwable> failures = List.copyOf(forward.getClientThrowables());
      expect(failures.isEmpty(), failures);
    }
  }

  private void deleteNamespace() {
    client.namespaces().withName(NAMESPACE).delete();
    client.namespaces().withName(NAMESPACE).waitUntilCondition(namespace -> namespace == null, SECONDS, TimeUnit.SECONDS);
  }
}
