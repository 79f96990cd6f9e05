"""Which lines are markers of solutions, which only look so, and which speak of other things."""

import itertools
import re
import string

import pytest

from exercise_lib.authoring import AuthoringError, markers, replace_solutions
from exercise_lib.exercises import reference

SOLVED = """def add(a, b):
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION"""
STUBBED = """def add(a, b):
    # YOUR CODE HERE
    ..."""

# Characters that an editor would not show are written as escapes.
MISSPELT = r"""
### BEGIN SOLUTON
### BEGIN SOLUTIONS
### SOLUTION BEGIN
### SOLUTION END
### Begin Solution
### begin solution
## BEGIN SOLUTION
# BEGIN SOLUTION
#### END SOLUTION
###BEGIN SOLUTION
###  BEGIN  SOLUTION
### BEGIN_SOLUTION
### BEGIN-SOLUTION
### BEGIN: SOLUTION
### BEGIN SOLUTION:
### BEGIN SOLUTION ###
### BEGIN SOLUTION (two lines)
### BEGIN SOLUTION the mean of all the answers that are right
# begin solution with the mean
### BEGINSOLUTION
### BeginSolution
### START SOLUTION
### STOP SOLUTION
### END OF SOLUTION
### BEGIN THE SOLUTION
### END SOLUTOIN
### EDN SOLUTION
### GND SOLUTION
### BEGN SOLUTION
### BEIGN SOLUTION
### BEGIN VOLUTION
### END SULUTION
### ENDXSOLUTIO
### BEGIN SOLUTI0N
### 8EG1N S0LUT10N
### BE GIN SOLUTION
### BEGIN SOLU TION
### B E G I N  S O L U T I O N
### ＢＥＧＩＮ ＳＯＬＵＴＩＯＮ
＃＃＃ BEGIN SOLUTION
### ВЕGIN SOLUTION
### BEGIN SΟLUTIΟN
### END ЅOLUTІON
### BEGIN SOLU\u200bTION
### BE\u00adGIN SOLUTION
### BÉGIN SOLUTION
### BEGIN\u00a0SOLUTION
### BEGIN\u2014SOLUTION
### BEGIN \u202eNOITULOS\u202c SOLUTION
### 𝐁𝐄𝐆𝐈𝐍 𝐒𝐎𝐋𝐔𝐓𝐈𝐎𝐍
### ʙᴇɢɪɴ ꜱᴏʟᴜᴛɪᴏɴ
### BEGIN S文LUTION
♯♯♯ BEGIN SOLUTION
x = 1  ### BEGIN SOLUTION
x = 1  # END SOLUTION
x = "### BEGIN SOLUTION"
x = "BEGIN SOLUTION"
// BEGIN SOLUTION
BEGIN SOLUTION
BEGIN_SOLUTION
### BEGIN
### END
# SOLUTION
# Solution
# solution:
### SOLUTIONS
# --- solution ---
# <solution>
# </solution>
# SOLUTION 1.1
# SOLUTION: the mean
# Solution: the mean of the answers
# SOLUTION use the mean
# SOLUTON
# solution-only
# solution cell
### BEGIN HIDDEN TESTS
### END HIDDEN TESTS
### BEGIN MARK SCHEME
### BEGIN ANSWER
# BEGIN SOLUTION NO PROMPT
### begin sample solution
# BEGIN THE SAMPLE SOLUTION
#@title Solution
"""
MISSPELT_IN_TEXT = r"""
### BEGIN SOLUTION
BEGIN SOLUTION
begin solution
<!-- BEGIN SOLUTION -->
<!-- solution -->
<!-- SOLUTION: the mean -->
Here it is: <!-- begin soluton -->
&#66;EGIN SOLUTION
BE**GIN** SOLUTION
## Solution
<h2>Solution</h2>
<details><summary>Solution</summary>
**Solution:** take the mean
**Solution**
SOLUTION: take the mean
SOLUTION
now ### BEGIN SOLUTION follows
Now comes BEGIN SOLUTION, as ever.
`### END SOLUTION`
> ### begin solution
- BEGIN SOLUTION
"""
INNOCENT = r"""
# the solution of the equation
x = solve(a, b)  # solution of a x = b
# one solution per row
# 2nd solution
begin, end = solution.span()
begin = solution[0]
solution_end = 3
end_solution()
solution.end()
END_SOLUTION = 4
for solution in solutions:
# end of the loop
# start of the resolution test
# end resolution
# Resolution: 224 pixels
# send solution to the server
# find solution by hand
# the best solution so far
# evolution of the loss
# solves the equation; see the solution above
print("solution:", solution)
plt.set_title("Solution")
# solution-space search
# solutions/ holds the notebooks
# begin with small images
# begins with a guess: no solution yet
# the solution begins at zero
# In the end, solutions differ.
# a station, a section, a selection
### Beginning of the notebook
### training and validation
# Stop when the loss no longer falls.
hint("3.2")  # a hint, not the solution
start = end = 0  # where the solution starts
color = "#ead"
url = "https://example.org/#solution-of-the-equation"
# problems and their
# solutions.
# answers == labels
# YOUR CODE HERE
# Your solution here
solution = {"begin": 0, "end": 1}
label = "solution"
# dilution of the solution
### BEGIN LICENSE BLOCK
"""
INNOCENT_IN_TEXT = r"""
The solution of the equation is simple.
In the end, solutions differ.
At the end the solution is shown.
We begin with a solution and end with another.
Solutions exist for all of them.
Solution found.
A solution begins with a guess.
If you leave an exercise out, the check hands on the reference answer.
## From problem to solution
<details><summary>Hint: no solution yet</summary>
## The resolution of a photo
### End of the notebook
### Start with the features
## Evolution
**Resolution:** 224 pixels
Sugar dissolves; the solution ends up clear.
To begin, solutions need a question.
THE END
[solutions](../solutions)
`solutions/` holds the notebooks with answers.
- a solution of salt
Start small: a solution of one layer is often enough.
"""


def lines_of(table):
    """Return the lines of a table; what it writes as an escape becomes the character."""
    seen = re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), table)
    return seen.strip("\n").split("\n")


def test_the_markers_are_those_that_the_reference_answers_go_by():
    assert (markers.BEGIN, markers.END) == (reference.BEGIN, reference.END)


def test_a_solution_becomes_a_stub_of_the_same_indent():
    assert replace_solutions(SOLVED, "here") == STUBBED


def test_several_solutions_of_a_cell_become_stubs_and_the_rest_stays():
    both = replace_solutions(f"import os\n{SOLVED}\n\n# the sum\n{SOLVED}\nadd(1, 2)\n", "here")
    assert both == f"import os\n{STUBBED}\n\n# the sum\n{STUBBED}\nadd(1, 2)\n"


@pytest.mark.parametrize("line", lines_of(MISSPELT))
def test_a_misspelt_marker_is_an_error_that_names_cell_and_line(line):
    source = f"def add(a, b):\n    {line}\n    return a + b\n    ### END SOLUTION"
    with pytest.raises(AuthoringError, match="looks like a marker") as caught:
        replace_solutions(source, "01.ipynb, cell 3")
    assert str(caught.value).startswith("01.ipynb, cell 3: ")
    assert "'### BEGIN SOLUTION'" in str(caught.value)


def test_the_message_shows_letters_that_only_look_right():
    with pytest.raises(AuthoringError, match=r"'### \\u0412EGIN SOLUTION'"):
        replace_solutions("### \u0412EGIN SOLUTION", "here")


@pytest.mark.parametrize("line", [line for line in lines_of(MISSPELT) if "END" in line])
def test_a_misspelt_end_of_a_solution_is_an_error(line):
    with pytest.raises(AuthoringError, match="looks like a marker"):
        replace_solutions(f"x = 1\n### BEGIN SOLUTION\nx = 2\n{line}\nx = 3", "here")


def test_a_remark_within_a_solution_goes_with_it():
    source = "x = 1\n### BEGIN SOLUTION\n# Solution: the sum\nx = 2\n### END SOLUTION"
    assert "sum" not in replace_solutions(source, "here")


@pytest.mark.parametrize("line", lines_of(MISSPELT_IN_TEXT))
def test_a_marker_or_its_like_in_text_is_an_error(line):
    with pytest.raises(AuthoringError, match="looks like a marker") as caught:
        markers.check_text(f"Some words.\n{line}\nMore words.", "01.ipynb, cell 3")
    assert "01.ipynb, cell 3" in str(caught.value)


@pytest.mark.parametrize("line", lines_of(INNOCENT))
def test_code_that_speaks_of_solutions_is_none(line):
    assert replace_solutions(line, "here") == line


@pytest.mark.parametrize("line", lines_of(INNOCENT_IN_TEXT))
def test_prose_that_speaks_of_solutions_is_no_marker(line):
    markers.check_text(line, "here")


def misspelt(marker, place, letter):
    """Yield a marker with a letter missing, changed, added, and two swapped."""
    before, here, after = marker[:place], marker[place], marker[place + 1 :]
    yield before + after
    yield before + letter + after
    yield before + letter + here + after
    yield before + after[:1] + here + after[1:]


@pytest.mark.parametrize("marker", [markers.BEGIN, markers.END])
def test_every_marker_with_a_wrong_letter_is_found(marker):
    for place, letter in itertools.product(range(4, len(marker)), string.ascii_uppercase):
        for line in misspelt(marker, place, letter):
            if line != marker:
                assert markers.looks_like_a_marker(line, in_code=True), line


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n### END SOLUTION", "alone"),
        ("### END SOLUTION\nx = 1\n### BEGIN SOLUTION", "alone"),
        ("### BEGIN SOLUTION\nx = 1\n### BEGIN SOLUTION\n### END SOLUTION", "inside"),
        ("### BEGIN SOLUTION\nx = 1", "has no"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n### END SOLUTION", "alone"),
        ("x = 1\n### BEGIN SOLUTION\n### END SOLUTION", "nothing between"),
        ("x = 1\n### BEGIN SOLUTION\n\n# the mean\n### END SOLUTION", "nothing between"),
        ('x = """\n### BEGIN SOLUTION\nsecret\n### END SOLUTION\n"""', "in a string"),
        ('x = """\n### BEGIN SOLUTION\n"""\n### END SOLUTION\n', "in a string"),
    ],
)
def test_markers_that_do_not_pair_are_an_error_that_names_the_cell(source, says):
    with pytest.raises(AuthoringError, match=says) as caught:
        replace_solutions(source, "01.ipynb, cell 3")
    assert "01.ipynb, cell 3" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_very_long_lines_take_no_time():
    for text in ("# ", "A ", " ", "*", "# end ", "sol"):
        assert markers.looks_like_a_marker(text * 100_000, in_code=False) in (True, False)
