import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.AnswerDataFactory;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.SelectMultiData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.UncastData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceFactory;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;
import org.opendatakit.validate.StubPropertyManager;

/**
 * Fills forms as a phone with ODK Collect does: the engine is Collect's own, JavaRosa; only the hand that types is ours.
 *
 * <p>Reads a JSON list of tasks from the file named by the first argument and writes a JSON list of results to the
 * second. A task has {@code form} (file of the XForm), {@code media} (folder of its lists), {@code language} and {@code
 * answers} (path to value; repetitions are counted from 1, as in {@code members[2]/sex}). A result has {@code xml}, the
 * questions that were {@code asked} with their labels, the {@code refused} answers with the reason, and the answers that
 * were {@code left} because nothing asked for them.
 */
public final class Filler {
    private static final int MOST_STEPS = 20_000;
    private final Map<String, String> answers = new TreeMap<>();
    private final Set<String> used = new HashSet<>();
    private final ObjectNode result;
    private final ObjectNode asked;
    private final ArrayNode refused;

    private Filler(ObjectMapper mapper) {
        result = mapper.createObjectNode();
        asked = result.putObject("asked");
        refused = result.putArray("refused");
    }

    public static void main(String[] args) throws Exception {
        PropertyManager.setPropertyManager(new StubPropertyManager());
        new XFormsModule().registerModule();
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode results = mapper.createArrayNode();
        for (JsonNode task : mapper.readTree(new File(args[0]))) {
            results.add(new Filler(mapper).fill(task));
        }
        mapper.writeValue(new File(args[1]), results);
        System.exit(0); // JavaRosa's threads would keep the machine alive
    }

    private ObjectNode fill(JsonNode task) throws Exception {
        Iterator<Map.Entry<String, JsonNode>> fields = task.get("answers").fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            answers.put(field.getKey().replace("[1]", ""), field.getValue().asText());
        }
        readListsFrom(new File(task.get("media").asText()));
        FormDef form = XFormUtils.getFormFromFormXml(task.get("form").asText(), null);
        FormEntryController controller = new FormEntryController(new FormEntryModel(form));
        form.initialize(true, new InstanceInitializationFactory());
        controller.setLanguage(task.get("language").asText());
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        walk(controller);
        controller.finalizeFormEntry();
        byte[] xml = new XFormSerializingVisitor().serializeInstance(form.getInstance(), form);
        result.put("xml", new String(xml, StandardCharsets.UTF_8));
        ArrayNode left = result.putArray("left");
        answers.keySet().stream().filter(path -> !used.contains(path)).forEach(left::add);
        return result;
    }

    private void walk(FormEntryController controller) {
        for (int step = 0; step < MOST_STEPS; step++) {
            int event = controller.stepToNextEvent();
            if (event == FormEntryController.EVENT_END_OF_FORM) {
                return;
            }
            FormIndex index = controller.getModel().getFormIndex();
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT && isWanted(pathOf(index.getReference()))) {
                controller.newRepeat();
            } else if (event == FormEntryController.EVENT_QUESTION) {
                answer(controller, controller.getModel().getQuestionPrompt());
            }
        }
        throw new IllegalStateException("The form has no end.");
    }

    /** Whether something is to be answered in this repetition. */
    private boolean isWanted(String repetition) {
        return answers.keySet().stream().anyMatch(path -> path.startsWith(repetition + "/"));
    }

    private void answer(FormEntryController controller, FormEntryPrompt prompt) {
        String path = pathOf(prompt.getIndex().getReference());
        asked.put(path, String.valueOf(prompt.getLongText()));
        IAnswerData data = prompt.getAnswerValue();
        if (answers.containsKey(path)) {
            used.add(path);
            data = dataOf(prompt, path, answers.get(path));
        }
        int code = controller.answerQuestion(data, true);
        if (code == FormEntryController.ANSWER_CONSTRAINT_VIOLATED) {
            refuse(path, "constraint", String.valueOf(prompt.getConstraintText(data)));
        } else if (code == FormEntryController.ANSWER_REQUIRED_BUT_EMPTY) {
            refuse(path, "required", "");
        }
    }

    private IAnswerData dataOf(FormEntryPrompt prompt, String path, String said) {
        int control = prompt.getControlType();
        if (control == Constants.CONTROL_SELECT_ONE) {
            Selection chosen = selection(prompt, path, said);
            return chosen == null ? null : new SelectOneData(chosen);
        }
        if (control == Constants.CONTROL_SELECT_MULTI) {
            List<Selection> chosen = new ArrayList<>();
            for (String one : said.trim().split("\\s+")) {
                Selection found = one.isEmpty() ? null : selection(prompt, path, one);
                if (found != null) {
                    chosen.add(found);
                }
            }
            return new SelectMultiData(chosen);
        }
        if (control == Constants.CONTROL_TRIGGER) {
            return new StringData(said);
        }
        return said.isEmpty() ? null : AnswerDataFactory.template(control, prompt.getDataType()).cast(new UncastData(said));
    }

    private Selection selection(FormEntryPrompt prompt, String path, String said) {
        for (SelectChoice choice : prompt.getSelectChoices()) {
            if (choice.getValue().equals(said)) {
                return choice.selection();
            }
        }
        refuse(path, "choice", said);
        return null;
    }

    private void refuse(String path, String code, String message) {
        ObjectNode one = refused.addObject();
        one.put("path", path);
        one.put("code", code);
        one.put("message", message);
    }

    /** The path below the root, with the place of every repetition but the first. */
    private static String pathOf(TreeReference reference) {
        StringBuilder path = new StringBuilder();
        for (int n = 1; n < reference.size(); n++) {
            path.append(n > 1 ? "/" : "").append(reference.getName(n));
            if (reference.getMultiplicity(n) > 0) {
                path.append("[").append(reference.getMultiplicity(n) + 1).append("]");
            }
        }
        return path.toString();
    }

    private static void readListsFrom(File folder) {
        ReferenceManager.instance().reset();
        ReferenceManager.instance().addReferenceFactory(new ReferenceFactory() {
            public boolean derives(String uri) {
                return uri.startsWith("jr://file");
            }

            public Reference derive(String uri) {
                return new ListOfFolder(uri, new File(folder, uri.substring(uri.lastIndexOf('/') + 1)));
            }

            public Reference derive(String uri, String context) {
                return derive(uri);
            }
        });
    }

    /** A CSV that came with the form. */
    private record ListOfFolder(String uri, File file) implements Reference {
        public boolean doesBinaryExist() {
            return file.exists();
        }

        public InputStream getStream() throws java.io.IOException {
            return new FileInputStream(file);
        }

        public String getURI() {
            return uri;
        }

        public String getLocalURI() {
            return file.getAbsolutePath();
        }

        public boolean isReadOnly() {
            return true;
        }

        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        public void remove() {
            throw new UnsupportedOperationException();
        }

        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
